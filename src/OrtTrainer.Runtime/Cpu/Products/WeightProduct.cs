using OrtTrainer.Runtime.Cpu.Kernels;

namespace OrtTrainer.Runtime.Cpu.Products;

/// <summary>
/// C [outputs, inputs] = Dyᵀ · X, with Dy [rows, outputs] and X [rows, inputs]: the gradient of a weight. A block is a
/// part of the outputs times a group of panels of X, which it packs itself, a chunk of rows at a time; while a tile's
/// outputs lie in the nearest cache they meet all panels of the group. The chunks depend on the number of rows alone,
/// so that the cut into blocks changes no bit.
/// </summary>
internal unsafe struct WeightProduct<TTile, TInputs> : IBlocks
    where TTile : struct, ITile
    where TInputs : unmanaged, IStepPanels
{
    /// <summary>Rows of a chunk in steps.</summary>
    private const int ChunkSteps = 192;

    private const int PanelsPerBlock = 6;
    private const int FewestBlocks = 8;

    private byte* _dy;
    private TInputs _x;
    private float* _c;
    private int _rows;
    private int _outputs;
    private int _inputs;
    private int _panelGroups;
    private int _outputBlocks;
    private bool _adds;

    /// <summary>Computes it on the threads of a kernel's run.</summary>
    /// <param name="context">The node's run.</param>
    /// <param name="dy">Of <see cref="LeftFactor{TTile}.Steps"/>.</param>
    /// <param name="x">The panels of X.</param>
    /// <param name="rows">0 or more.</param>
    /// <param name="outputs">1 or more.</param>
    /// <param name="inputs">1 or more.</param>
    /// <param name="c">The product.</param>
    /// <param name="add">True: added to what <paramref name="c"/> holds.</param>
    public static void Run(
        in KernelContext context, byte* dy, TInputs x, int rows, int outputs, int inputs, float* c, bool add = false)
    {
        if (rows == 0)
        {
            if (!add)
            {
                new Span<float>(c, checked(outputs * inputs)).Clear();
            }

            return;
        }

        int panelGroups = (Panels.Count(inputs) + PanelsPerBlock - 1) / PanelsPerBlock;
        int tiles = (outputs + TTile.Rows - 1) / TTile.Rows;
        int outputBlocks = Math.Clamp((FewestBlocks + panelGroups - 1) / panelGroups, 1, tiles);
        context.ParallelFor(panelGroups * outputBlocks, new WeightProduct<TTile, TInputs>
        {
            _dy = dy,
            _x = x,
            _c = c,
            _rows = rows,
            _outputs = outputs,
            _inputs = inputs,
            _panelGroups = panelGroups,
            _outputBlocks = outputBlocks,
            _adds = add,
        });
    }

    public readonly void Run(int block)
    {
        (int outputBlock, int group) = (block / _panelGroups, block % _panelGroups);
        int tiles = (_outputs + TTile.Rows - 1) / TTile.Rows;
        int first = (int)((long)tiles * outputBlock / _outputBlocks) * TTile.Rows;
        int end = Math.Min(_outputs, (int)((long)tiles * (outputBlock + 1) / _outputBlocks) * TTile.Rows);
        int panels = Panels.Count(_inputs);
        int firstPanel = (int)((long)panels * group / _panelGroups);
        int endPanel = (int)((long)panels * (group + 1) / _panelGroups);

        int chunkRows = ChunkSteps * TTile.ElementsPerStep;
        int chunks = (_rows + chunkRows - 1) / chunkRows;
        Layout layout = new();
        long packed = layout.Add((long)(endPanel - firstPanel) * ChunkSteps * Panels.Columns);
        long strip = layout.Add((long)(end - first) * Panels.Columns);
        float* scratch = Scratch.ForBlock(layout.Length);
        bool hasStrip = endPanel == panels && _inputs % Panels.Columns != 0;
        if (_adds && hasStrip)
        {
            Strip(first, end, scratch + strip, isIn: true);
        }

        for (int chunk = 0; chunk < chunks; chunk++)
        {
            int row = chunk * chunkRows;
            Chunk(row, Math.Min(chunkRows, _rows - row), first, end, firstPanel, endPanel,
                (byte*)(scratch + packed), scratch + strip);
        }

        if (hasStrip)
        {
            Strip(first, end, scratch + strip, isIn: false);
        }
    }

    /// <summary>Copies the columns that do not fill a panel, between the product and where they are made.</summary>
    private readonly void Strip(int first, int end, float* strip, bool isIn)
    {
        int last = (Panels.Count(_inputs) - 1) * Panels.Columns;
        for (int i = first; i < end; i++)
        {
            Span<float> made = new(strip + ((long)(i - first) * Panels.Columns), _inputs - last);
            Span<float> place = new(_c + ((long)i * _inputs) + last, made.Length);
            (isIn ? place : made).CopyTo(isIn ? made : place);
        }
    }

    private readonly void Chunk(
        int row, int rows, int first, int end, int firstPanel, int endPanel, byte* packed, float* strip)
    {
        int steps = (rows + TTile.ElementsPerStep - 1) / TTile.ElementsPerStep;
        nint panelBytes = (nint)ChunkSteps * Panels.StepBytes;
        byte** x = stackalloc byte*[endPanel - firstPanel];
        for (int panel = firstPanel; panel < endPanel; panel++)
        {
            x[panel - firstPanel] = _x.Panel<TTile>(panel, row, rows, packed + ((panel - firstPanel) * panelBytes));
        }

        byte* a = _dy + ((long)row / TTile.ElementsPerStep * _outputs * sizeof(float));
        for (int i = first; i < end; i += TTile.Rows)
        {
            int tileRows = Math.Min(TTile.Rows, end - i);
            for (int panel = firstPanel; panel < endPanel; panel++)
            {
                int column = panel * Panels.Columns;
                bool isWhole = _inputs - column >= Panels.Columns;
                float* tile = isWhole
                    ? _c + ((long)i * _inputs) + column
                    : strip + ((long)(i - first) * Panels.Columns);
                TTile.MultiplyTransposed(
                    steps, a + (i * sizeof(float)), _outputs * sizeof(float),
                    x[panel - firstPanel], tile,
                    (isWhole ? _inputs : Panels.Columns) * sizeof(float), tileRows, add: _adds || row > 0);
            }
        }
    }
}
