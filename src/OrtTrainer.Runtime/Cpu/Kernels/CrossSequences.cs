namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// The pairs (sequence, head) of attention from queries to keys and values that lie in a batch of their own; those with
/// most keys come first.
/// </summary>
internal unsafe struct CrossSequences
{
    private PackedSequences _keys;
    private long* _queryOffsets;

    /// <summary>Queries of the whole batch.</summary>
    public int Queries { get; private set; }

    public readonly int Heads => _keys.Heads;

    /// <summary>Columns of all heads together, H.</summary>
    public readonly int Columns => _keys.Columns;

    /// <summary>Columns of one head, D.</summary>
    public readonly int Width => _keys.Width;

    public readonly int Pairs => _keys.Pairs;

    /// <summary>Checks the shapes and offsets of a batch.</summary>
    /// <param name="kernel">Named in messages.</param>
    /// <param name="q">[Q, H].</param>
    /// <param name="kv">[T, 2H].</param>
    /// <param name="queryOffsets">[B + 1]: 0, then the end of each sequence's queries, Q at last.</param>
    /// <param name="offsets">[B + 1]: 0, then the end of each sequence's keys, T at last.</param>
    /// <param name="heads">A divisor of H.</param>
    public static CrossSequences Read(
        KernelDefinition kernel, KernelTensor q, KernelTensor kv, KernelTensor queryOffsets, KernelTensor offsets,
        int heads)
    {
        (int queries, _) = Shapes.Matrix(kernel, "q", q);
        PackedSequences keys = PackedSequences.ReadKeys(kernel, kv, offsets, heads);
        Shapes.Require(kernel, "q", q, queries, keys.Columns);
        int count = PackedSequences.CountIn(kernel, "q", queryOffsets, queries);
        return count == keys.Count
            ? new() { _keys = keys, _queryOffsets = queryOffsets.Int64s, Queries = queries }
            : throw new ArgumentException(
                $"{kernel.Name}: there are {count} sequences of queries; expected the {keys.Count} of keys.");
    }

    /// <summary>First query and key of a pair, how many there are of each, and its head.</summary>
    public readonly (int FirstQuery, int Queries, int FirstKey, int Keys, int Head) Pair(int index)
    {
        (int firstKey, int keys, int head) = _keys.Pair(index);
        int sequence = _keys.Sequence(index);
        var firstQuery = (int)_queryOffsets[sequence];
        return (firstQuery, (int)_queryOffsets[sequence + 1] - firstQuery, firstKey, keys, head);
    }
}
