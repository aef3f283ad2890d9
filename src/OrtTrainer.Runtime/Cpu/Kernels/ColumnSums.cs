namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// The sums of the columns of a matrix that is much wider than it is high, over all rows in their order: cut by
/// columns, unlike <see cref="ColumnSumKernel"/>.
/// </summary>
internal unsafe struct ColumnSums : IBlocks
{
    private const int BlockColumns = 4096;

    private float* _x;
    private int _rows;
    private int _columns;
    private float* _sum;
    private bool _adds;

    /// <summary>Computes them on the threads of a kernel's run.</summary>
    /// <param name="context">The node's run.</param>
    /// <param name="x">[rows, columns].</param>
    /// <param name="rows">1 or more.</param>
    /// <param name="columns">1 or more.</param>
    /// <param name="sum">[columns].</param>
    /// <param name="add">True: added to what <paramref name="sum"/> holds.</param>
    public static void Run(in KernelContext context, float* x, int rows, int columns, float* sum, bool add) =>
        context.ParallelFor((columns + BlockColumns - 1) / BlockColumns, new ColumnSums
        {
            _x = x,
            _rows = rows,
            _columns = columns,
            _sum = sum,
            _adds = add,
        });

    public readonly void Run(int block)
    {
        int first = block * BlockColumns;
        int count = Math.Min(BlockColumns, _columns - first);
        if (!_adds)
        {
            new Span<float>(_sum + first, count).Clear();
        }

        for (int row = 0; row < _rows; row++)
        {
            Vectors.AddTo(_sum + first, _x + ((long)row * _columns) + first, count);
        }
    }
}
