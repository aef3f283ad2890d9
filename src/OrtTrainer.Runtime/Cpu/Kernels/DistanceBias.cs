namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// What attention adds to its scores by the distance from query to key: a table [D, heads] for the distances -(D-1)/2
/// to (D-1)/2, whose ends stand for those beyond. The default is no bias, of which nothing below does anything.
/// </summary>
internal readonly unsafe struct DistanceBias
{
    private readonly float* _table;
    private readonly int _heads;

    private DistanceBias(float* table, int rows, int heads)
    {
        _table = table;
        _heads = heads;
        Rows = rows;
    }

    public bool IsThere => _table != null;

    /// <summary>Distances in the table, D.</summary>
    public int Rows { get; }

    /// <exception cref="ArgumentException">The table is not [D, heads] with D odd.</exception>
    public static DistanceBias Read(KernelDefinition kernel, KernelTensor table, int heads)
    {
        (int rows, int columns) = Shapes.Matrix(kernel, "relative", table);
        return rows % 2 == 1 && columns == heads
            ? new(table.Floats, rows, heads)
            : throw new ArgumentException(
                $"{kernel.Name}: relative has shape {table}; expected [D, {heads}] with D odd.");
    }

    /// <summary>Floats that the distances of a sequence need.</summary>
    public int SpreadLength(int length) => IsThere ? 2 * length : 0;

    /// <summary>One head's bias for every distance in a sequence, from 1 - length to length - 1.</summary>
    public void Spread(int head, int length, float* target)
    {
        for (int i = 0; IsThere && i < (2 * length) - 1; i++)
        {
            target[i] = _table[((long)Row(i, length) * _heads) + head];
        }
    }

    /// <summary>The way back: the sums over the distances that take one row of the table, [D].</summary>
    public void Gather(float* spread, int length, float* sums)
    {
        new Span<float>(sums, Rows).Clear();
        for (int i = 0; IsThere && i < (2 * length) - 1; i++)
        {
            sums[Row(i, length)] += spread[i];
        }
    }

    /// <summary>Adds up the sums of pairs [sequences, heads, D], in order, into [D, heads].</summary>
    public void Combine(float* sums, int sequences, float* target)
    {
        new Span<float>(target, Rows * _heads).Clear();
        for (int pair = 0; pair < sequences * _heads; pair++)
        {
            for (int row = 0; row < Rows; row++)
            {
                target[((long)row * _heads) + (pair % _heads)] += sums[((long)pair * Rows) + row];
            }
        }
    }

    /// <summary>The keys of a query in what <see cref="Spread"/> gave, from the first key on.</summary>
    public static float* RowOf(float* spread, int query, int length) => spread + (length - 1 - query);

    private int Row(int index, int length)
    {
        int furthest = (Rows - 1) / 2;
        return Math.Clamp(index - (length - 1), -furthest, furthest) + furthest;
    }
}
