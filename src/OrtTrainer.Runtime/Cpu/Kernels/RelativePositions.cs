namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>Queries and keys of relative positions, [R, 2H], and the rows that distances between tokens have.</summary>
internal unsafe struct RelativePositions
{
    private long* _buckets;
    private int _middle;

    /// <summary>Rows, R.</summary>
    public int Rows { get; private set; }

    /// <summary>Queries, then keys, of all heads, in each row.</summary>
    public float* Values { get; private set; }

    /// <summary>Checks shapes, and that every bucket is a row.</summary>
    /// <param name="kernel">Named in messages.</param>
    /// <param name="values">[R, 2H].</param>
    /// <param name="buckets">[2P - 1].</param>
    /// <param name="columns">H.</param>
    public static RelativePositions Read(
        KernelDefinition kernel, KernelTensor values, KernelTensor buckets, int columns)
    {
        (int rows, int wide) = Shapes.Matrix(kernel, "relative", values);
        if (wide != 2 * columns)
        {
            throw new ArgumentException(
                $"{kernel.Name}: relative has shape {values}; expected 2 x {columns} columns.");
        }

        if (buckets.Shape.Length != 1 || buckets.Length % 2 != 1 || buckets.Length > int.MaxValue)
        {
            throw new ArgumentException($"{kernel.Name}: buckets has shape {buckets}; expected [2P - 1].");
        }

        ReadOnlySpan<long> places = new(buckets.Int64s, (int)buckets.Length);
        for (int i = 0; i < places.Length; i++)
        {
            if (places[i] < 0 || places[i] >= rows)
            {
                throw new ArgumentException(
                    $"{kernel.Name}: bucket {i} is {places[i]}; expected 0 to {rows - 1}, a row of relative.");
            }
        }

        return new RelativePositions
        {
            _buckets = buckets.Int64s,
            _middle = places.Length / 2,
            Rows = rows,
            Values = values.Floats,
        };
    }

    /// <summary>The rows that the tokens of a sequence can be apart.</summary>
    /// <param name="length">Of the sequence, 1 or more.</param>
    /// <returns>The first of them and their number.</returns>
    public readonly (int First, int Count) RowsOf(int length)
    {
        int first = int.MaxValue, last = 0;
        for (int distance = 1 - length; distance < length; distance++)
        {
            int row = RowOf(distance);
            first = Math.Min(first, row);
            last = Math.Max(last, row);
        }

        return (first, last - first + 1);
    }

    /// <summary>For each distance from 1 - length to length - 1 between query and key, its row, counted from
    /// <paramref name="first"/>.</summary>
    public readonly void Fill(int length, int first, int* places)
    {
        for (int distance = 1 - length; distance < length; distance++)
        {
            places[distance + length - 1] = RowOf(distance) - first;
        }
    }

    private readonly int RowOf(int distance) => (int)_buckets[Math.Clamp(distance, -_middle, _middle) + _middle];
}
