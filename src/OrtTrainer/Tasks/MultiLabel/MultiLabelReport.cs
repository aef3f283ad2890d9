using OrtTrainer.Data;
using OrtTrainer.Evaluation;
using OrtTrainer.Reports;
using OrtTrainer.Reports.Documents;
using OrtTrainer.Reports.Results;

namespace OrtTrainer.Tasks.MultiLabel;

/// <summary>How each label does, what probabilities are worth, and the surest mistakes, label by label.</summary>
internal static class MultiLabelReport
{
    public static IEnumerable<ReportBlock> Of(MultiLabelExamples examples, Dataset data)
    {
        IReadOnlyList<string> names = data.Labels!.Names;
        LabelCounts counts = examples.Counts();
        yield return ClassScores.Table(
            "Precision, recall and F1 by label", "label",
            names.Select((name, k) => new ClassScores(
                name, counts.Precision(k), counts.Recall(k), counts.F1(k), counts.Support(k))));

        (bool IsRight, double Sure)[] decisions = [.. examples.Certainties()];
        yield return new HeadingBlock(3, "Calibration");
        foreach (ReportBlock block in ReliabilityFigure.Of(new Reliability(decisions), "decisions on labels"))
        {
            yield return block;
        }

        yield return new HeadingBlock(3, "Surest mistakes");
        IEnumerable<int> wrong = Enumerable.Range(0, decisions.Length)
            .Where(i => !decisions[i].IsRight).OrderByDescending(i => decisions[i].Sure);
        foreach (ReportBlock block in MistakeTable.Of(
            "Wrong decisions, the most probable first", data,
            [("label", true), ("in the data", true), ("probability of the decision", false)],
            wrong.Select(i => (i / names.Count, (string[])
            [
                names[i % names.Count], examples.Applies(i) ? "applies" : "does not apply",
                ReportFigures.Fixed(decisions[i].Sure, 4),
            ]))))
        {
            yield return block;
        }
    }
}
