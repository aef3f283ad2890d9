using OrtTrainer.Data;
using OrtTrainer.Reports;
using OrtTrainer.Reports.Documents;
using OrtTrainer.Reports.Results;

namespace OrtTrainer.Tasks.TokenPrediction;

/// <summary>How well the tokens of examples are foretold, and the examples that are foretold worst.</summary>
internal static class PredictedTokenReport
{
    public static IEnumerable<ReportBlock> Of(PredictedTokenScores scores, Dataset data)
    {
        PredictedTokenScore[] all = [.. scores.Scores.Where(score => score.Tokens > 0)];
        yield return new ParagraphBlock(
            $"{ReportFigures.Count(all.Sum(score => (long)score.Tokens))} tokens in {ReportFigures.Count(all.Length)} "
            + $"examples: perplexity {ReportFigures.Short(scores.Perplexity)}, "
            + $"{ReportFigures.Fixed(100 * scores.Accuracy, 1)} % of them the most probable token.");
        yield return NumberFigures.Histogram(
            "Loss by example", "mean loss of a token, in nats", all.Select(MeanLoss), "examples");

        // A corpus has no rows that could be shown.
        if (data.Count != scores.Count)
        {
            yield break;
        }

        yield return new HeadingBlock(3, "Examples that are foretold worst");
        IEnumerable<int> worst = Enumerable.Range(0, scores.Count).Where(i => scores.Scores[i].Tokens > 0)
            .OrderByDescending(i => MeanLoss(scores.Scores[i]));
        foreach (ReportBlock block in MistakeTable.Of(
            "Examples by the mean loss of their tokens, the largest first", data,
            [("target", true), ("tokens", false), ("loss per token", false)],
            worst.Select(i => (i, (string[])
            [
                data.Examples[i].Label is { Length: > 0 } target ? MistakeTable.Short(target) : ReportFigures.None,
                ReportFigures.Count(scores.Scores[i].Tokens), ReportFigures.Fixed(MeanLoss(scores.Scores[i]), 4),
            ]))))
        {
            yield return block;
        }
    }

    private static double MeanLoss(PredictedTokenScore score) => score.Loss / score.Tokens;
}
