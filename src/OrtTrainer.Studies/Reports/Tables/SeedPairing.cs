using OrtTrainer.Studies.Statistics;

namespace OrtTrainer.Studies.Reports.Tables;

/// <summary>
/// Decides how a method's runs are compared with the baseline's: in pairs where they share seeds, on those seeds alone;
/// as independent samples where they share none; not at all where there are too few.
/// </summary>
internal static class SeedPairing
{
    /// <summary>The row with its comparison, or with the reason why there is none.</summary>
    public static MethodRow Compare(MethodRow row, MethodRow baseline)
    {
        long[] common = [.. row.Scores.Keys.Where(baseline.Scores.ContainsKey)];
        if (common.Length >= 2)
        {
            double[] own = [.. common.Select(seed => row.Scores[seed])];
            double[] other = [.. common.Select(seed => baseline.Scores[seed])];
            return row with { Comparison = Comparison.Paired(row.Method, own, baseline.Method, other) };
        }

        return (common.Length, row.Scores.Count, baseline.Scores.Count) switch
        {
            (_, 0, _) => row with { Refusal = "no finished run with a score" },
            (_, _, 0) => row with { Refusal = "the baseline has no finished run with a score" },
            (_, 1, _) or (_, _, 1) => row with { Refusal = "one seed only: no spread to compare a difference with" },
            (1, _, _) => row with { Refusal = "one seed in common: neither pairs nor independent runs" },
            _ => row with
            {
                Comparison = Comparison.Unpaired(
                    row.Method, [.. row.Scores.Values], baseline.Method, [.. baseline.Scores.Values]),
            },
        };
    }
}
