namespace OrtTrainer.Data;

/// <summary>Any number of labels per example.</summary>
/// <param name="applies">True where a label applies: [N, K]. Kept, not copied.</param>
/// <param name="labels">K.</param>
internal sealed class LabelSetTargets(bool[] applies, int labels) : TaskTargets
{
    /// <summary>True where a label applies, [N, K].</summary>
    public ReadOnlySpan<bool> Applies => applies;

    /// <inheritdoc/>
    public override int Count => applies.Length / labels;

    /// <inheritdoc/>
    public override int Outputs => labels;

    /// <summary>The labels of one example, [K].</summary>
    public ReadOnlySpan<bool> Of(int example) => applies.AsSpan(example * labels, labels);

    /// <inheritdoc/>
    public override void Write(int row, Span<float> values)
    {
        ReadOnlySpan<bool> own = Of(row);
        for (int k = 0; k < own.Length; k++)
        {
            values[k] = own[k] ? 1 : 0;
        }
    }

    /// <inheritdoc/>
    public override TaskTargets Take(IReadOnlyList<int> examples) =>
        new LabelSetTargets(TakeRows(applies, labels, examples), labels);

    /// <summary>Examples with the same set of labels; sets that occur once are one group.</summary>
    public override IReadOnlyList<int[]> Strata() =>
    [
        .. Enumerable.Range(0, Count)
            .GroupBy(SetOf)
            .GroupBy(set => set.Count() > 1 ? set.Key : string.Empty, set => set.ToArray())
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => group.SelectMany(set => set).ToArray()),
    ];

    /// <inheritdoc/>
    public override TargetSummary Summarize(LabelMap? names)
    {
        ArgumentNullException.ThrowIfNull(names);
        return new TargetSummary(Count, [.. names.Names.Select((name, id) => KeyValuePair.Create(
            name, Enumerable.Range(0, Count).Count(example => Of(example)[id])))]);
    }

    /// <summary>The labels of an example as ones and zeros.</summary>
    private string SetOf(int example) => string.Concat(Of(example).ToArray().Select(yes => yes ? '1' : '0'));
}
