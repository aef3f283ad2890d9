using OrtTrainer.Runtime.Cpu.Kernels;

namespace OrtTrainer.Runtime.Cpu.Products;

/// <summary>
/// C [rows, columns] = A [rows, depth] · panels, cut into blocks of rows, and of columns where there are few rows. A
/// panel stays in the nearest cache while it meets all rows of a block, and the rows of the block in the second-level
/// cache while they meet all panels. Sums are made in chunks of the depth that depend on the depth alone, so that the
/// cut changes no bit.
/// </summary>
internal unsafe struct RowProduct<TTile, TEpilogue> : IBlocks
    where TTile : struct, ITile
    where TEpilogue : unmanaged, IEpilogue
{
    /// <summary>Steps of a chunk: of a panel they fill half of the nearest cache.</summary>
    private const int ChunkSteps = 192;

    private const int RowsPerBlock = 144;
    private const int FewestBlocks = 16;

    private float* _a;
    private byte* _panels;
    private float* _c;
    private int _rows;
    private int _columns;
    private int _depth;
    private int _steps;
    private int _rowBlocks;
    private int _columnBlocks;
    private TEpilogue _epilogue;

    /// <summary>Computes it on the threads of a kernel's run.</summary>
    public static void Run(
        in KernelContext context, float* a, int rows, int depth, byte* panels, float* c, int columns,
        TEpilogue epilogue)
    {
        int tiles = (rows + TTile.Rows - 1) / TTile.Rows;
        int tilesPerBlock = RowsPerBlock / TTile.Rows;
        int rowBlocks = (tiles + tilesPerBlock - 1) / tilesPerBlock;
        int columnBlocks = rowBlocks == 0
            ? 0
            : Math.Clamp((FewestBlocks + rowBlocks - 1) / rowBlocks, 1, Panels.Count(columns));
        context.ParallelFor(rowBlocks * columnBlocks, new RowProduct<TTile, TEpilogue>
        {
            _a = a,
            _panels = panels,
            _c = c,
            _rows = rows,
            _columns = columns,
            _depth = depth,
            _steps = (depth + TTile.ElementsPerStep - 1) / TTile.ElementsPerStep,
            _rowBlocks = rowBlocks,
            _columnBlocks = columnBlocks,
            _epilogue = epilogue,
        });
    }

    public readonly void Run(int block)
    {
        (int rowBlock, int columnBlock) = (block / _columnBlocks, block % _columnBlocks);
        int tiles = (_rows + TTile.Rows - 1) / TTile.Rows;
        int first = (int)((long)tiles * rowBlock / _rowBlocks) * TTile.Rows;
        int end = Math.Min(_rows, (int)((long)tiles * (rowBlock + 1) / _rowBlocks) * TTile.Rows);
        int panels = Panels.Count(_columns);
        int firstPanel = (int)((long)panels * columnBlock / _columnBlocks);
        int endPanel = (int)((long)panels * (columnBlock + 1) / _columnBlocks);

        Layout layout = new();
        long strip = layout.Add((long)(end - first + TTile.Rows) * Panels.Columns);
        long converted = layout.Add((long)(end - first) * (_depth + 1));
        float* scratch = Scratch.ForBlock(layout.Length);
        byte* a = TTile.LeftRows(
            _a + ((long)first * _depth), end - first, _depth, (byte*)(scratch + converted), out nint aRow);
        for (int panel = firstPanel; panel < endPanel; panel++)
        {
            Multiply(panel, a, aRow, first, end, scratch + strip);
        }
    }

    private readonly void Multiply(int panel, byte* a, nint aRow, int first, int end, float* strip)
    {
        int column = panel * Panels.Columns;
        int columns = Math.Min(Panels.Columns, _columns - column);

        // A panel beyond the last column is made beside the product, which has no room for it.
        bool isWhole = columns == Panels.Columns;
        float* c = isWhole ? _c + ((long)first * _columns) + column : strip;
        nint cRow = isWhole ? _columns : Panels.Columns;
        byte* b = _panels + ((long)panel * _steps * Panels.StepBytes);
        int chunks = (_steps + ChunkSteps - 1) / ChunkSteps;
        for (int chunk = 0; chunk < chunks; chunk++)
        {
            int start = (int)((long)_steps * chunk / chunks);
            int steps = (int)((long)_steps * (chunk + 1) / chunks) - start;
            for (int row = first; row < end; row += TTile.Rows)
            {
                int rows = Math.Min(TTile.Rows, end - row);
                float* tile = c + ((row - first) * cRow);
                TTile.Multiply(
                    steps, a + ((row - first) * aRow) + (start * sizeof(float)), aRow,
                    b + ((long)start * Panels.StepBytes), tile, cRow * sizeof(float), rows, add: chunk > 0);
                if (chunk == chunks - 1)
                {
                    _epilogue.Apply(tile, cRow, row, column, rows, columns);
                    if (!isWhole)
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
}
