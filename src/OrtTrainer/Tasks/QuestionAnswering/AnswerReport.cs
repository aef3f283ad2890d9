using OrtTrainer.Data;
using OrtTrainer.Reports;
using OrtTrainer.Reports.Documents;
using OrtTrainer.Reports.Results;

namespace OrtTrainer.Tasks.QuestionAnswering;

/// <summary>How questions with and without an answer do, and the answers that are wrong.</summary>
internal static class AnswerReport
{
    public static IEnumerable<ReportBlock> Of(AnsweredQuestions questions, Dataset data)
    {
        IReadOnlyList<QuestionScore> scores = questions.Scores;
        yield return new TableBlock(new ReportTable(
            "Questions with an answer and without", ["questions", "count", "exact match", "F1"],
            [
                .. new (string, bool?)[] { ("all", null), ("with an answer", true), ("without an answer", false) }
                    .Select(kind => Row(questions, kind.Item1, kind.Item2)).Where(row => row[1] != "0"),
            ]));
        yield return NumberFigures.Histogram(
            "How much of the answers is right", "F1 of a question", scores.Select(score => score.F1), "questions", 10);
        yield return new HeadingBlock(3, "Wrong answers");
        IEnumerable<int> wrong = Enumerable.Range(0, scores.Count).Where(i => scores[i].ExactMatch < 1)
            .OrderBy(i => scores[i].F1).ThenByDescending(i => Math.Abs(Finite(scores[i].NoAnswer)));
        foreach (ReportBlock block in MistakeTable.Of(
            "Answers that are not accepted, those with the fewest right words first", data,
            [("accepted", true), ("answer", true), ("F1", false)],
            wrong.Select(i => (i, (string[])
            [
                data.Examples[i].Label is { Length: > 0 } accepted ? MistakeTable.Short(accepted, 120) : "none",
                scores[i].Answer is { Length: > 0 } answer ? MistakeTable.Short(answer, 120) : "none",
                ReportFigures.Fixed(scores[i].F1, 4),
            ]))))
        {
            yield return block;
        }
    }

    private static string[] Row(AnsweredQuestions questions, string name, bool? hasAnswer) =>
    [
        name, ReportFigures.Count(questions.Scores.Count(score => hasAnswer is null || score.HasAnswer == hasAnswer)),
        ReportFigures.Fixed(questions.Mean(score => score.ExactMatch, hasAnswer), 4),
        ReportFigures.Fixed(questions.Mean(score => score.F1, hasAnswer), 4),
    ];

    private static double Finite(double value) => double.IsFinite(value) ? value : 0;
}
