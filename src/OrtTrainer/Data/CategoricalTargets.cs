namespace OrtTrainer.Data;

/// <summary>Targets that are one class of several in every row.</summary>
internal abstract class CategoricalTargets : TaskTargets
{
    /// <summary>The id of a row that does not count, as PyTorch's default.</summary>
    public const int Ignored = -100;

    private readonly int[] _ids;

    /// <summary>Keeps the ids.</summary>
    /// <param name="ids">From 0 to K - 1, or <see cref="Ignored"/>: [R].</param>
    /// <param name="classes">K.</param>
    private protected CategoricalTargets(int[] ids, int classes) => (_ids, Outputs) = (ids, classes);

    /// <summary>The classes of all rows, [R]: from 0 to K - 1, or <see cref="Ignored"/>.</summary>
    public ReadOnlySpan<int> Ids => _ids;

    /// <inheritdoc/>
    public override int Outputs { get; }

    /// <inheritdoc/>
    public override float Weight(int row) => _ids[row] == Ignored ? 0 : 1;

    /// <inheritdoc/>
    public override void Write(int row, Span<float> values)
    {
        values.Clear();
        if (_ids[row] != Ignored)
        {
            values[_ids[row]] = 1;
        }
    }

    /// <summary>How many rows have each class, [K].</summary>
    public int[] CountClasses()
    {
        int[] counts = new int[Outputs];
        foreach (int id in _ids)
        {
            if (id != Ignored)
            {
                counts[id]++;
            }
        }

        return counts;
    }

    /// <inheritdoc/>
    public override TargetSummary Summarize(LabelMap? labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        int[] counts = CountClasses();
        return new TargetSummary(counts.Sum(), [.. labels.Names.Zip(counts, KeyValuePair.Create)]);
    }
}
