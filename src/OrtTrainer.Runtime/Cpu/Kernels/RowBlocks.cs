namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// The cut of a matrix into blocks of rows. Sums over rows are made per block, then over the blocks in order: a cut
/// that depends on the number of rows alone gives the same bits on any number of threads.
/// </summary>
internal static unsafe class RowBlocks
{
    /// <summary>Rows of a block. 64 rows of 384 floats fill a tenth of a core's second-level cache.</summary>
    public const int Rows = 64;

    public static int Count(int rows) => (rows + Rows - 1) / Rows;

    /// <summary>Rows <c>First</c> to <c>End</c> - 1 of a block.</summary>
    public static (int First, int End) Range(int block, int rows) => (block * Rows, Math.Min(rows, (block + 1) * Rows));

    /// <summary>
    /// Adds up the blocks' sums <paramref name="partials"/> [blocks, stride], in order, into <paramref name="sum"/>
    /// [columns], which is zero where there is no block.
    /// </summary>
    public static void Combine(float* partials, int blocks, int stride, float* sum, int columns)
    {
        Span<float> total = new(sum, columns);
        total.Clear();
        for (int block = 0; block < blocks; block++)
        {
            Vectors.AddTo(sum, partials + ((long)block * stride), columns);
        }
    }
}
