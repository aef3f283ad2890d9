using System.Text.Json.Serialization;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Evaluation;
using OrtTrainer.Prediction;
using OrtTrainer.Randomness;
using OrtTrainer.Runs;
using OrtTrainer.Studies.Statistics;

namespace OrtTrainer.Studies.Comparisons;

/// <summary>
/// Two finished runs on the same examples: whether their exported models differ in score, and in which settings the
/// runs do. This is about two sets of weights; whether a setting helps, only runs with several seeds can tell
/// (<see cref="Comparison"/>).
/// </summary>
internal sealed record RunComparison
{
    private const double Level = 0.05;

    private RunComparison()
    {
    }

    /// <summary>The first run.</summary>
    public required ComparedRun First { get; init; }

    /// <summary>The second run.</summary>
    public required ComparedRun Second { get; init; }

    /// <summary>The data that both were scored on.</summary>
    public required string Data { get; init; }

    /// <summary>Number of examples.</summary>
    public required int Examples { get; init; }

    /// <summary>The metric of the scores.</summary>
    public required string Metric { get; init; }

    /// <summary>Examples that both get right; null for regression.</summary>
    public int? BothRight { get; init; }

    /// <summary>Examples that neither gets right; null for regression.</summary>
    public int? NeitherRight { get; init; }

    /// <summary>The examples that one run alone gets right, and McNemar's exact test; null for regression.</summary>
    [JsonPropertyName("mcnemar")]
    public McNemar? McNemar { get; init; }

    /// <summary>Second score less the first, with its 95 % paired bootstrap interval.</summary>
    public required BootstrapInterval Interval { get; init; }

    /// <summary>
    /// "no difference shown", "the first is better" or "the second is better". Where the metric is the accuracy,
    /// McNemar's test decides at the level 0.05, else whether the interval excludes 0.
    /// </summary>
    public required string Verdict { get; init; }

    /// <summary>The settings that differ.</summary>
    public required IReadOnlyList<SettingDifference> Settings { get; init; }

    /// <summary>What a person should know about the comparison.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Scores and compares two finished runs.</summary>
    /// <param name="first">Output folder of the first run.</param>
    /// <param name="second">Output folder of the second run.</param>
    /// <param name="options">What to compare on; null for the evaluation data.</param>
    /// <param name="cancellation">Ends the work between blocks of a file, batches or resamples.</param>
    /// <exception cref="RunException">A folder holds no finished run, or the runs differ in task, labels or
    /// data.</exception>
    /// <exception cref="DataFileException">A data file cannot be used.</exception>
    /// <exception cref="ArgumentException">The task has no such metric.</exception>
    public static RunComparison Of(
        string first, string second, RunComparisonOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new RunComparisonOptions();
        PredictorOptions prediction = new() { Execution = options.Execution };
        using FinishedRun a = FinishedRun.Open(first, prediction);
        using FinishedRun b = FinishedRun.Open(second, prediction);
        RequireSameLabels(a, b);
        Metric metric = a.Task.FindMetric(options.Metric ?? a.Summary.Metric);
        Dataset data = DataOf(a, b, options, cancellation);
        List<string> leftOut = [];
        EvaluationScores one = a.Score(data, a.Labels, metric, leftOut.Add, cancellation);
        EvaluationScores two = b.Score(data, a.Labels, metric, leftOut.Add, cancellation);
        return Of(a, b, data, metric, one, two, cancellation) with
        {
            Settings = SettingDifference.Between(first, second),
            Notes = [.. leftOut, .. NotesOn(a, b, metric, one, two, options)],
        };
    }

    private static RunComparison Of(
        FinishedRun a, FinishedRun b, Dataset data, Metric metric, EvaluationScores one, EvaluationScores two,
        CancellationToken cancellation)
    {
        SeededRandom random = SeededRandom.For(1, "bootstrap");
        BootstrapInterval interval = new PairedBootstrap()
            .Compare(metric, one.Examples, two.Examples, random.NextInt, cancellation);
        (bool First, bool Second)[]? right = one.Examples.Right() is { } r ? [.. r.Zip(two.Examples.Right()!)] : null;
        McNemar? test = right is null
            ? null
            : McNemar.Of(right.Count(p => p.First && !p.Second), right.Count(p => p.Second && !p.First));
        bool differs = test is not null && metric.Name == "accuracy" ? test.P <= Level : interval.ExcludesZero;
        return new RunComparison
        {
            First = new ComparedRun(a.Folder, a.Summary.Exported, one.Score, one.Values),
            Second = new ComparedRun(b.Folder, b.Summary.Exported, two.Score, two.Values),
            Data = data.Source,
            Examples = data.Count,
            Metric = metric.Name,
            BothRight = right?.Count(p => p.First && p.Second),
            NeitherRight = right?.Count(p => !p.First && !p.Second),
            McNemar = test,
            Interval = interval,
            Verdict = !differs ? "no difference shown"
                : metric.IsBetter(two.Score, one.Score) ? "the second is better"
                : "the first is better",
            Settings = [],
            Notes = [],
        };
    }

    private static void RequireSameLabels(FinishedRun a, FinishedRun b)
    {
        if (a.Task.Name != b.Task.Name)
        {
            throw new RunException(
                $"{a.Folder} is a {a.Task} and {b.Folder} a {b.Task}: such runs cannot be compared.");
        }

        if (!a.Labels.ToHashSet().SetEquals(b.Labels))
        {
            throw new RunException(
                $"The labels differ: {a.Folder} has {string.Join(", ", a.Labels.Order())}; "
                + $"{b.Folder} has {string.Join(", ", b.Labels.Order())}. Compare runs on one task.");
        }
    }

    private static Dataset DataOf(
        FinishedRun a, FinishedRun b, RunComparisonOptions options, CancellationToken cancellation)
    {
        if (options.Data is { } file)
        {
            return a.Read(file, cancellation);
        }

        Dataset own = options.Test ? a.TestData(cancellation) : a.EvaluationData(cancellation);
        Dataset other = options.Test ? b.TestData(cancellation) : b.EvaluationData(cancellation);
        return own.Examples.Select(WithoutLine).SequenceEqual(other.Examples.Select(WithoutLine))
            ? own
            : throw new RunException(
                $"The {(options.Test ? "test" : "evaluation")} data differ: {a.Folder} has {own.Count} examples of "
                + $"{own.Source}, {b.Folder} {other.Count} of {other.Source}. Give one file for both as --data.");
    }

    private static Example WithoutLine(Example example) => example with { Line = 0 };

    private static IEnumerable<string> NotesOn(
        FinishedRun a, FinishedRun b, Metric metric, EvaluationScores one, EvaluationScores two,
        RunComparisonOptions options)
    {
        if (a.Summary.Metric != b.Summary.Metric)
        {
            yield return $"the runs chose by different metrics, {a.Summary.Metric} and {b.Summary.Metric}; "
                + $"this compares {metric.Name}";
        }

        if (options.Data is not null)
        {
            yield break;
        }

        foreach (string change in new[] { a.Change(one, options.Test), b.Change(two, options.Test) }.OfType<string>())
        {
            yield return change;
        }

        if (!options.Test)
        {
            yield return "both runs chose their weights on these data; --test or --data with other examples is fairer";
        }
    }

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
