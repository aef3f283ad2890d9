using OrtTrainer.Runtime.Cpu.Kernels;

namespace OrtTrainer.Runtime.Cpu.Products;

/// <summary>
/// C [rows, columns] = A [rows, depth] · B, of a right factor that every block packs for itself, unless it lies packed
/// already, a panel of 32 columns at a time: the panel stays in the nearest caches while it meets all rows. Only where
/// there are few panels are rows cut, too. Sums are made in chunks of the depth that depend on the depth alone, so that
/// the cut changes no bit.
/// </summary>
internal unsafe struct RowProduct<TTile, TFactor, TEpilogue> : IBlocks
    where TTile : struct, ITile
    where TFactor : unmanaged, IRightFactor
    where TEpilogue : unmanaged, IEpilogue
{
    /// <summary>Steps of a chunk: of a panel they fill half of the nearest cache.</summary>
    private const int ChunkSteps = 192;

    private const int FewestBlocks = 8;
    private const int FewestRows = 96;

    private byte* _a;
    private nint _aRow;
    private TFactor _b;
    private float* _c;
    private int _rows;
    private int _columns;
    private int _depth;
    private int _rowBlocks;
    private TEpilogue _epilogue;

    private readonly int Steps => (_depth + TTile.ElementsPerStep - 1) / TTile.ElementsPerStep;

    /// <summary>Computes it on the threads of a kernel's run.</summary>
    /// <param name="context">The node's run.</param>
    /// <param name="a">Of <see cref="LeftFactor{TTile}.Rows"/>.</param>
    /// <param name="rows">0 or more.</param>
    /// <param name="depth">1 or more.</param>
    /// <param name="b">The right factor.</param>
    /// <param name="c">The product, row by row; null where the epilogue stores it.</param>
    /// <param name="columns">1 or more.</param>
    /// <param name="epilogue">What becomes of a tile.</param>
    public static void Run(
        in KernelContext context, byte* a, int rows, int depth, TFactor b, float* c, int columns, TEpilogue epilogue)
    {
        int panels = Panels.Count(columns);
        int rowBlocks = TEpilogue.Stores
            ? 1
            : Math.Clamp((FewestBlocks + panels - 1) / panels, 1, Math.Max(1, rows / FewestRows));
        context.ParallelFor(
            rows == 0 ? 0 : panels * rowBlocks, (long)rows * columns * depth,
            Of(a, rows, depth, b, c, columns, rowBlocks, epilogue));
    }

    /// <summary>
    /// As <see cref="Run(in KernelContext, byte*, int, int, TFactor, float*, int, TEpilogue)"/>, for an epilogue that
    /// stores: every panel of the left half of the columns, and right after it, in one block, its like of the other.
    /// </summary>
    /// <param name="context">The node's run.</param>
    /// <param name="a">Of <see cref="LeftFactor{TTile}.Rows"/>.</param>
    /// <param name="rows">0 or more.</param>
    /// <param name="depth">1 or more.</param>
    /// <param name="b">The right factor.</param>
    /// <param name="columns">A multiple of 64.</param>
    /// <param name="epilogue">What becomes of a tile.</param>
    public static void RunPairs(
        in KernelContext context, byte* a, int rows, int depth, TFactor b, int columns, TEpilogue epilogue)
    {
        int half = Panels.Count(columns) / 2;
        context.ParallelFor(rows == 0 ? 0 : half, new Pairs
        {
            Product = Of(a, rows, depth, b, null, columns, rowBlocks: 1, epilogue),
            Half = half,
        });
    }

    public readonly void Run(int block)
    {
        (int column, int rowBlock) = (block / _rowBlocks * Panels.Columns, block % _rowBlocks);
        int tiles = (_rows + TTile.Rows - 1) / TTile.Rows;
        int first = (int)((long)tiles * rowBlock / _rowBlocks) * TTile.Rows;
        int end = Math.Min(_rows, (int)((long)tiles * (rowBlock + 1) / _rowBlocks) * TTile.Rows);
        int columns = Math.Min(Panels.Columns, _columns - column);

        // A panel beyond the last column is made beside the product, which has no room for it, and so is one that the
        // epilogue stores: tile by tile in one place, if the sums of a tile are whole when it is left.
        bool isWhole = columns == Panels.Columns && !TEpilogue.Stores;
        int chunks = (Steps + ChunkSteps - 1) / ChunkSteps;
        bool reuses = TEpilogue.Stores && chunks == 1;
        Layout layout = new();
        long packed = layout.Add((long)Steps * Panels.Columns);
        long strip = layout.Add(isWhole ? 0 : (long)(reuses ? TTile.Rows : end - first + 1) * Panels.Columns);
        float* scratch = Scratch.ForBlock(layout.Length);
        byte* panel = _b.Panel<TTile>(column, columns, (byte*)(scratch + packed));
        float* c = isWhole ? _c + ((long)first * _columns) + column : scratch + strip;
        nint cRow = isWhole ? _columns : Panels.Columns;
        Multiply(panel, first, end, column, columns, chunks, c, cRow, reuses ? 0 : cRow);
    }

    private static RowProduct<TTile, TFactor, TEpilogue> Of(
        byte* a, int rows, int depth, TFactor b, float* c, int columns, int rowBlocks, TEpilogue epilogue) => new()
        {
            _a = a,
            _aRow = LeftFactor<TTile>.RowBytes(depth),
            _b = b,
            _c = c,
            _rows = rows,
            _columns = columns,
            _depth = depth,
            _rowBlocks = rowBlocks,
            _epilogue = epilogue,
        };

    private readonly void Multiply(
        byte* panel, int first, int end, int column, int columns, int chunks, float* c, nint cRow, nint advance)
    {
        int steps = Steps;
        for (int chunk = 0; chunk < chunks; chunk++)
        {
            int start = (int)((long)steps * chunk / chunks);
            int count = (int)((long)steps * (chunk + 1) / chunks) - start;
            for (int row = first; row < end; row += TTile.Rows)
            {
                int rows = Math.Min(TTile.Rows, end - row);
                float* tile = c + ((row - first) * advance);
                TTile.Multiply(
                    count, _a + (row * _aRow) + (start * sizeof(float)), _aRow,
                    panel + ((long)start * Panels.StepBytes), tile, cRow * sizeof(float), rows, add: chunk > 0);
                if (chunk == chunks - 1)
                {
                    _epilogue.Apply(tile, cRow, row, column, rows, columns);
                    if (columns < Panels.Columns && !TEpilogue.Stores)
                    {
                        CopyOut(tile, row, column, rows, columns);
                    }
                }
            }
        }
    }

    private readonly void CopyOut(float* tile, int row, int column, int rows, int columns)
    {
        for (int i = 0; i < rows; i++)
        {
            new Span<float>(tile + (i * Panels.Columns), columns).CopyTo(
                new Span<float>(_c + ((long)(row + i) * _columns) + column, columns));
        }
    }

    private struct Pairs : IBlocks
    {
        public RowProduct<TTile, TFactor, TEpilogue> Product;
        public int Half;

        public readonly void Run(int block)
        {
            Product.Run(block);
            Product.Run(Half + block);
        }
    }
}
