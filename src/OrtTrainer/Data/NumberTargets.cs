namespace OrtTrainer.Data;

/// <summary>One number per example.</summary>
/// <param name="values">[N]. Kept, not copied.</param>
internal sealed class NumberTargets(float[] values) : TaskTargets
{
    private const int Bins = 10;

    /// <summary>The numbers, [N].</summary>
    public ReadOnlySpan<float> Values => values;

    /// <inheritdoc/>
    public override int Count => values.Length;

    /// <inheritdoc/>
    public override int Outputs => 1;

    /// <inheritdoc/>
    public override void Write(int row, Span<float> numbers) => numbers[0] = values[row];

    /// <inheritdoc/>
    public override TaskTargets Take(IReadOnlyList<int> examples) =>
        new NumberTargets(TakeRows(values, 1, examples));

    /// <summary>Tenths of the examples in the order of their numbers.</summary>
    public override IReadOnlyList<int[]> Strata() =>
        [.. Enumerable.Range(0, Count).OrderBy(example => values[example]).Chunk(((Count - 1) / Bins) + 1)];

    /// <inheritdoc/>
    public override TargetSummary Summarize(LabelMap? labels) => new(Count, []);
}
