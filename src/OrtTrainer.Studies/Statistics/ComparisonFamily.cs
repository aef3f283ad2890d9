namespace OrtTrainer.Studies.Statistics;

/// <summary>Comparisons that are read together, such as all methods of a study on one task.</summary>
internal static class ComparisonFamily
{
    /// <summary>
    /// The same comparisons with p values after Holm's correction, so that the chance of any false "higher" or "lower"
    /// among them is at most the level.
    /// </summary>
    public static IReadOnlyList<Comparison> Of(IEnumerable<Comparison> comparisons)
    {
        Comparison[] family = [.. comparisons];
        // A test that is not defined shows nothing: it counts as one that was made, with p = 1.
        double[] corrected = MultipleTests.Holm([.. family.Select(c => double.IsNaN(c.T.P) ? 1 : c.T.P)]);
        return [.. family.Select((c, i) => c with { HolmP = corrected[i], FamilySize = family.Length })];
    }
}
