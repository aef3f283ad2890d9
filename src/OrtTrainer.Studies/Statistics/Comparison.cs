using System.Globalization;
using OrtTrainer.Common;

namespace OrtTrainer.Studies.Statistics;

/// <summary>
/// A method against the baseline over seeds: how large the difference is, whether it is more than noise, and what so
/// few seeds can show at all. Differences are method less baseline throughout.
/// </summary>
internal sealed record Comparison
{
    /// <summary>The level of <see cref="Verdict"/>.</summary>
    public const double Level = 0.05;

    /// <summary>The power of <see cref="SmallestDetectable"/>.</summary>
    public const double Power = 0.8;

    private Comparison()
    {
    }

    /// <summary>The name of the method.</summary>
    public required string Method { get; init; }

    /// <summary>The name of the baseline.</summary>
    public required string Baseline { get; init; }

    /// <summary>Whether each of the method's runs belongs to one of the baseline's: the same seed.</summary>
    public required bool IsPaired { get; init; }

    /// <summary>The method's runs.</summary>
    public required SampleSummary MethodRuns { get; init; }

    /// <summary>The baseline's runs.</summary>
    public required SampleSummary BaselineRuns { get; init; }

    /// <summary>Difference of the means with its 95 % interval: of the paired differences, or Welch's.</summary>
    public required MeanDifference Difference { get; init; }

    /// <summary>The t test: of the paired differences, or Welch's.</summary>
    public required TTest T { get; init; }

    /// <summary>The rank test: Wilcoxon's of the paired differences, or Mann and Whitney's.</summary>
    public required RankTest Ranks { get; init; }

    /// <summary>Cohen's d_z of the paired differences, or Hedges' g.</summary>
    public required double EffectSize { get; init; }

    /// <summary>The standard deviation of the paired differences, or the pooled one of both samples.</summary>
    public required double Spread { get; init; }

    /// <summary>
    /// The smallest difference that the t test finds with 80 % power at the level 0.05, were the spread of these runs
    /// the true one; 0 where there is no spread. Computed when asked for, as it takes milliseconds.
    /// </summary>
    public double SmallestDetectable => Spread == 0 ? 0 : Spread * (IsPaired
        ? TestPower.DetectablePaired(MethodRuns.Count, Power, Level)
        : TestPower.DetectableUnpaired(MethodRuns.Count, BaselineRuns.Count, Power, Level));

    /// <summary>
    /// The p value of the t test after Holm's correction for the comparisons it was made with
    /// (<see cref="ComparisonFamily"/>); that of the test itself for a comparison alone. 1 where the test is not
    /// defined.
    /// </summary>
    public required double HolmP { get; init; }

    /// <summary>Comparisons that <see cref="HolmP"/> corrects for.</summary>
    public int FamilySize { get; init; } = 1;

    /// <summary>What is shown, decided by <see cref="HolmP"/> at the level 0.05.</summary>
    public Verdict Verdict => HolmP > Level ? Verdict.NoDifferenceShown
        : Difference.Difference > 0 ? Verdict.Higher
        : Verdict.Lower;

    /// <summary>The verdict in words: "no difference shown", "higher" or "lower".</summary>
    public string VerdictInWords => Verdict switch
    {
        Verdict.Higher => "higher",
        Verdict.Lower => "lower",
        _ => "no difference shown",
    };

    /// <summary>What so many runs can and cannot show, a sentence each.</summary>
    public IReadOnlyList<string> Notes => [.. Limits()];

    /// <summary>Compares runs of the same seeds.</summary>
    /// <param name="method">The name of the method.</param>
    /// <param name="runs">The method's scores, [n], n 2 or more.</param>
    /// <param name="baseline">The name of the baseline.</param>
    /// <param name="baselineRuns">The baseline's scores, [n], in the same order of seeds.</param>
    /// <exception cref="ArgumentException">Lengths differ, n is below 2, or a value is not a finite
    /// number.</exception>
    public static Comparison Paired(
        string method, ReadOnlySpan<double> runs, string baseline, ReadOnlySpan<double> baselineRuns)
    {
        double[] differences = PairedDifferences.Of(baselineRuns, runs);
        TTest test = TTest.Paired(runs, baselineRuns);
        return new Comparison
        {
            Method = method,
            Baseline = baseline,
            IsPaired = true,
            MethodRuns = SampleSummary.Of(runs),
            BaselineRuns = SampleSummary.Of(baselineRuns),
            Difference = MeanDifference.Paired(baselineRuns, runs),
            T = test,
            Ranks = WilcoxonSignedRank.OfDifferences(differences),
            EffectSize = Statistics.EffectSize.PairedD(baselineRuns, runs),
            Spread = SampleSummary.OfMerged(differences).StandardDeviation,
            HolmP = Defined(test.P),
        };
    }

    /// <summary>Compares runs that do not belong together in pairs.</summary>
    /// <param name="method">The name of the method.</param>
    /// <param name="runs">The method's scores, 2 or more.</param>
    /// <param name="baseline">The name of the baseline.</param>
    /// <param name="baselineRuns">The baseline's scores, 2 or more.</param>
    /// <exception cref="ArgumentException">A sample is too small, or a value is not a finite number.</exception>
    public static Comparison Unpaired(
        string method, ReadOnlySpan<double> runs, string baseline, ReadOnlySpan<double> baselineRuns)
    {
        (SampleSummary own, SampleSummary other) = SampleSummary.OfBoth(runs, baselineRuns);
        TTest test = TTest.Welch(runs, baselineRuns);
        return new Comparison
        {
            Method = method,
            Baseline = baseline,
            IsPaired = false,
            MethodRuns = own,
            BaselineRuns = other,
            Difference = MeanDifference.Welch(baselineRuns, runs),
            T = test,
            Ranks = MannWhitney.Of(runs, baselineRuns),
            EffectSize = Statistics.EffectSize.HedgesG(baselineRuns, runs),
            Spread = Statistics.EffectSize.PooledDeviation(own, other),
            HolmP = Defined(test.P),
        };
    }

    private static double Defined(double p) => double.IsNaN(p) ? 1 : p;

    private IEnumerable<string> Limits()
    {
        string runs = IsPaired
            ? $"{MethodRuns.Count} pairs"
            : $"{MethodRuns.Count} runs against {BaselineRuns.Count}";
        if (T.Note is { } special)
        {
            yield return special;
        }

        if (SmallestDetectable is > 0 and double detectable)
        {
            yield return $"with {runs} of this spread, a t test finds a difference of {Short(detectable)} or "
                + "more in 80 % of studies; smaller ones mostly stay hidden";
        }

        if (Ranks.LeastP > Level)
        {
            yield return $"the {(IsPaired ? "Wilcoxon" : "Mann-Whitney")} test of these {runs} cannot give p below "
                + $"{Short(Ranks.LeastP)}, whatever the difference";
        }
    }

    private static string Short(double value) => value.ToString("G3", CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
