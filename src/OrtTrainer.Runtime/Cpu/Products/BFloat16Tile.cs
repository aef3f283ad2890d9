using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using OrtTrainer.Runtime.Cpu.Kernels;
using OrtTrainer.Runtime.Cpu.MachineCode;

namespace OrtTrainer.Runtime.Cpu.Products;

/// <summary>The tile in bfloat16, by machine code made at run time; sums are float32.</summary>
internal readonly unsafe struct BFloat16Tile : ITile
{
    // Kernels of every session use them until the process ends.
    private static readonly BFloat16Functions Functions = new();

    public static int Rows => BFloat16Code.TileRows;

    public static int ElementsPerStep => 2;

    public static bool ConvertsLeftSteps => true;

    public static void Multiply(
        nint depth, byte* a, nint aRow, byte* panel, float* c, nint cRow, int rows, bool add) =>
        Functions.Tile(rows, transposed: false, add)(depth, a, aRow, panel, c, cRow);

    public static void MultiplyTransposed(
        nint depth, byte* a, nint aStep, byte* panel, float* c, nint cRow, int rows, bool add) =>
        Functions.Tile(rows, transposed: true, add)(depth, a, aStep, panel, c, cRow);

    [SkipLocalsInit]
    public static void PackColumns(float* source, nint sourceRow, int columns, int depth, byte* panel)
    {
        // Converted and turned a part of the depth at a time, which stays in the nearest cache.
        const int Part = 64;
        uint* rows = stackalloc uint[Panels.Columns * Part];
        for (int k = 0; k < depth; k += 2 * Part)
        {
            int count = Math.Min(2 * Part, depth - k);
            for (int j = 0; j < columns; j++)
            {
                Convert(source + (j * sourceRow) + k, count, (ushort*)(rows + (j * Part)));
            }

            PanelPacking.Transpose(rows, Part, columns, (count + 1) / 2, (uint*)panel + ((nint)k / 2 * Panels.Columns));
        }
    }

    public static void PackRows(float* source, nint sourceRow, int depth, int columns, byte* panel)
    {
        uint* steps = (uint*)panel;
        int pairs = columns == Panels.Columns ? depth / 2 : 0;
        if (pairs > 0)
        {
            Functions.PairPanel(
                pairs, source, sourceRow * sizeof(float), steps, Functions.PairOrder, Panels.StepBytes);
        }

        for (int k = 2 * pairs; k < depth; k += 2)
        {
            uint* step = steps + ((nint)k / 2 * Panels.Columns);
            Pair(source + (k * sourceRow), k + 1 < depth ? source + ((k + 1) * sourceRow) : null, columns, step);
            new Span<uint>(step + columns, Panels.Columns - columns).Clear();
        }
    }

    public static byte* LeftRows(float* source, int rows, int columns, byte* converted, out nint row)
    {
        int steps = (columns + 1) / 2;
        row = (nint)steps * sizeof(uint);
        if (columns % 2 == 0)
        {
            Convert(source, (long)rows * columns, (ushort*)converted);
            return converted;
        }

        for (int i = 0; i < rows; i++)
        {
            Convert(source + ((long)i * columns), columns, (ushort*)(converted + (i * row)));
        }

        return converted;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Rounded(Vector512<float> values)
    {
        Vector512<uint> bits = values.AsUInt32();
        Vector512<uint> even = (bits >>> 16) & Vector512<uint>.One;
        Vector512<float> rounded =
            ((bits + Vector512.Create(0x7FFFu) + even) & Vector512.Create(0xFFFF0000u)).AsSingle();
        return Vector512.ConditionalSelect(Vector512.Equals(values, values), rounded, values);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(byte* row, int column) =>
        (Vector512.WidenLower(Vector256.Load((ushort*)row + column).ToVector512Unsafe()) << 16).AsSingle();

    public static void StoreRows(float* tile, int rows, byte* target, nint targetRow) =>
        Functions.ConvertRows(rows, tile, Panels.StepBytes, (ushort*)target, targetRow);

    public static void StoreSteps(float* tile, int rows, byte* target, nint targetStep) =>
        Functions.PairPanel((rows + 1) / 2, tile, Panels.StepBytes, (uint*)target, Functions.PairOrder, targetStep);

    public static void LeftSteps(float* source, int depth, int columns, byte* steps)
    {
        uint* step = (uint*)steps;
        for (int k = 0; k < depth; k += 2)
        {
            Pair(source, k + 1 < depth ? source + columns : null, columns, step);
            source += 2 * (nint)columns;
            step += columns;
        }
    }

    /// <summary>Numbers as they lie; a last one without another is paired with zero.</summary>
    private static void Convert(float* source, long count, ushort* target)
    {
        long blocks = count / Panels.Columns;
        if (blocks > 0)
        {
            Functions.ConvertRows(
                (nint)blocks, source, Panels.StepBytes, target, Panels.StepBytes / ElementsPerStep);
        }

        for (long i = blocks * Panels.Columns; i < count; i++)
        {
            target[i] = BFloat16.Round(source[i]);
        }

        if (count % 2 != 0)
        {
            target[count] = 0;
        }
    }

    /// <summary>Two rows side by side; a missing second one is zero.</summary>
    private static void Pair(float* first, float* second, int columns, uint* target)
    {
        int vectors = second == null ? 0 : columns / Lanes.Count;
        if (vectors > 0)
        {
            Functions.PairRows(vectors, first, second, target, Functions.PairOrder);
        }

        for (int j = vectors * Lanes.Count; j < columns; j++)
        {
            uint high = second == null ? 0u : BFloat16.Round(second[j]);
            target[j] = BFloat16.Round(first[j]) | (high << 16);
        }
    }
}
