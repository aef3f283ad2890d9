namespace OrtTrainer.Data;

/// <summary>One class per example.</summary>
/// <param name="ids">From 0 to K - 1: [N]. Kept, not copied.</param>
/// <param name="classes">K.</param>
internal sealed class ClassTargets(int[] ids, int classes) : CategoricalTargets(ids, classes)
{
    /// <inheritdoc/>
    public override int Count => Ids.Length;

    /// <inheritdoc/>
    public override TaskTargets Take(IReadOnlyList<int> examples) =>
        new ClassTargets([.. examples.Select(example => Ids[example])], Outputs);

    /// <summary>The examples of each class, by id.</summary>
    public override IReadOnlyList<int[]> Strata() =>
    [
        .. Enumerable.Range(0, Count)
            .GroupBy(example => Ids[example])
            .OrderBy(group => group.Key)
            .Select(group => group.ToArray()),
    ];
}
