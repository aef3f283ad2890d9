using OrtTrainer.Evaluation;
using OrtTrainer.Studies.Statistics;

namespace OrtTrainer.Studies.Folds;

/// <summary>How a model does that is trained in this way, as cross-validation estimates it.</summary>
internal sealed record FoldSummary
{
    /// <summary>The metric that decides.</summary>
    public required string Metric { get; init; }

    /// <summary>The score of each fold, in order; null where it is not defined.</summary>
    public required IReadOnlyList<double?> Scores { get; init; }

    /// <summary>All metrics and the loss.</summary>
    public required IReadOnlyDictionary<string, FoldMetric> Metrics { get; init; }

    /// <summary>Examples of all folds.</summary>
    public required int Examples { get; init; }

    /// <summary>Summarizes folds.</summary>
    public static FoldSummary Of(IReadOnlyList<ScoredFold> folds)
    {
        EvaluatedExamples[] parts = [.. folds.Select(fold => fold.Scores.Examples)];
        EvaluatedExamples all = ((IScoredExamples)parts[0]).Join(parts);
        return new FoldSummary
        {
            Metric = folds[0].Metric.Name,
            Scores = [.. folds.Select(fold => Defined(fold.Scores.Score))],
            Metrics = folds[0].Scores.Values.Keys.ToDictionary(
                name => name, name => MetricOf(folds, name, all)),
            Examples = all.Count,
        };
    }

    private static FoldMetric MetricOf(IReadOnlyList<ScoredFold> folds, string name, EvaluatedExamples all)
    {
        double[] scores = [.. folds.Select(fold => fold.Scores.Values[name])];
        SampleSummary? sample = scores.All(double.IsFinite) ? SampleSummary.Of(scores) : null;

        // The loss is a mean over examples, so that of all is the mean of the folds' by their sizes.
        double pooled = name == "loss"
            ? folds.Sum(fold => fold.Scores.Values[name] * fold.Data.Count) / all.Count
            : folds[0].Task.FindMetric(name).Score(all);
        return new FoldMetric(sample?.Mean, sample?.StandardDeviation, Defined(pooled));
    }

    private static double? Defined(double score) => double.IsFinite(score) ? score : null;
}

/// <summary>A metric over folds.</summary>
/// <param name="Mean">Mean of the folds; null where one is not defined.</param>
/// <param name="StandardDeviation">Of the folds, with n - 1 below.</param>
/// <param name="Pooled">Of all examples at once, each answered for by the model of its fold.</param>
internal sealed record FoldMetric(double? Mean, double? StandardDeviation, double? Pooled);
