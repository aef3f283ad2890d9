using OrtTrainer.Studies.Comparisons;

namespace OrtTrainer.Studies.Tuning;

/// <summary>What is known of a search, as its folder keeps it.</summary>
internal sealed record TuneState
{
    /// <summary>Seconds spent, over all starts.</summary>
    public double Seconds { get; init; }

    /// <summary>In the order begun.</summary>
    public IReadOnlyList<Trial> Trials { get; init; } = [];

    /// <summary>Pairs of runs that confirm the best trial, with seeds that no trial had.</summary>
    public IReadOnlyList<SeedPair> Pairs { get; init; } = [];

    /// <summary>The best trial; null while it is searched.</summary>
    public int? Best { get; init; }

    /// <summary>The test of the best trial against the defaults; null before it, and without test data.</summary>
    public TestResult? Test { get; init; }

    /// <summary>Whether all is done.</summary>
    public bool Ended { get; init; }
}

/// <summary>Two runs with one seed.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Best">Score on the evaluation data with the best settings; null before the run is done.</param>
/// <param name="Default">Score with the default settings.</param>
internal sealed record SeedPair(long Seed, double? Best, double? Default);

/// <summary>What came out of the test data, which nothing else looks at.</summary>
internal sealed record TestResult
{
    public required string Data { get; init; }

    public required int Examples { get; init; }

    public required string Metric { get; init; }

    public double? Best { get; init; }

    public double? Default { get; init; }

    /// <summary>Best less default, with its 95 % paired bootstrap interval.</summary>
    public double? Difference { get; init; }

    public double? Lower { get; init; }

    public double? Upper { get; init; }

    /// <summary>Examples that the best alone gets right; null for regression.</summary>
    public int? OnlyBest { get; init; }

    public int? OnlyDefault { get; init; }

    /// <summary>McNemar's exact probability.</summary>
    public double? P { get; init; }

    /// <summary>beats, loses or none.</summary>
    public required string Verdict { get; init; }

    public static TestResult Of(RunComparison comparison)
    {
        return new TestResult
        {
            Data = comparison.Data,
            Examples = comparison.Examples,
            Metric = comparison.Metric,
            Default = Defined(comparison.First.Score),
            Best = Defined(comparison.Second.Score),
            Difference = Defined(comparison.Interval.Difference),
            Lower = Defined(comparison.Interval.Lower),
            Upper = Defined(comparison.Interval.Upper),
            OnlyDefault = comparison.McNemar?.OnlyFirst,
            OnlyBest = comparison.McNemar?.OnlySecond,
            P = comparison.McNemar?.P,
            Verdict = comparison.Verdict switch
            {
                "the second is better" => "beats",
                "the first is better" => "loses",
                _ => "none",
            },
        };

        static double? Defined(double score) => double.IsFinite(score) ? score : null;
    }
}
