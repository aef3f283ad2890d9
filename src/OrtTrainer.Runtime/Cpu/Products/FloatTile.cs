using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using OrtTrainer.Runtime.Cpu.Kernels;

namespace OrtTrainer.Runtime.Cpu.Products;

/// <summary>
/// The tile in float32: 12 rows of two vectors. Its 24 sums hide the latency of the additions, and leave registers for
/// two vectors of the panel and for elements of A.
/// </summary>
internal readonly unsafe struct FloatTile : ITile
{
    public static int Rows => 12;

    public static int ElementsPerStep => 1;

    public static bool ConvertsLeftSteps => false;

    public static void Multiply(
        nint depth, byte* a, nint aRow, byte* panel, float* c, nint cRow, int rows, bool add) =>
        Multiply(depth, a, aRow, sizeof(float), panel, c, cRow, rows, add);

    public static void MultiplyTransposed(
        nint depth, byte* a, nint aStep, byte* panel, float* c, nint cRow, int rows, bool add) =>
        Multiply(depth, a, sizeof(float), aStep, panel, c, cRow, rows, add);

    public static void PackColumns(float* source, nint sourceRow, int columns, int depth, byte* panel) =>
        PanelPacking.Transpose((uint*)source, sourceRow, columns, depth, (uint*)panel);

    public static void PackRows(float* source, nint sourceRow, int depth, int columns, byte* panel) =>
        PanelPacking.Copy(source, sourceRow, depth, columns, (float*)panel);

    public static byte* LeftRows(float* source, int rows, int columns, byte* converted, out nint row)
    {
        row = (nint)columns * sizeof(float);
        return (byte*)source;
    }

    public static Vector512<float> Rounded(Vector512<float> values) => values;

    public static Vector512<float> Load(byte* row, int column) => Vector512.Load((float*)row + column);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void StoreRows(float* tile, int rows, byte* target, nint targetRow)
    {
        for (int i = 0; i < rows; i++)
        {
            Vector512.Load(tile).Store((float*)target);
            Vector512.Load(tile + Lanes.Count).Store((float*)target + Lanes.Count);
            tile += Panels.Columns;
            target += targetRow;
        }
    }

    public static void StoreSteps(float* tile, int rows, byte* target, nint targetStep) =>
        StoreRows(tile, rows, target, targetStep);

    public static void LeftSteps(float* source, int depth, int columns, byte* steps) =>
        throw new NotSupportedException("Float32 is read where it lies.");

    private static void Multiply(
        nint depth, byte* a, nint aRow, nint aStep, byte* panel, float* c, nint cRow, int rows, bool add)
    {
        if (rows == Rows)
        {
            float* upper = (float*)((byte*)c + (6 * cRow));
            TwelveRows(depth, a, a + (6 * aRow), aRow, aStep, panel, c, cRow, add, upper, cRow, add);
            return;
        }

        if (rows > 6)
        {
            SevenToElevenRows(depth, a, aRow, aStep, panel, c, cRow, rows, add);
            return;
        }

        // What is left in powers of two: with fewer sums than eight, each would wait for the one before it.
        for (int part = 4; part > 0; part /= 2)
        {
            if ((rows & part) == 0)
            {
                continue;
            }

            switch (part)
            {
                case 4:
                    FourRows(depth, a, aRow, aStep, panel, c, cRow, add);
                    break;
                case 2:
                    TwoRows(depth, a, aRow, aStep, panel, c, cRow, add);
                    break;
                default:
                    OneRow(depth, a, aStep, panel, c, add);
                    break;
            }

            a += part * aRow;
            c = (float*)((byte*)c + (part * cRow));
        }
    }

    /// <summary>
    /// The first six rows and the last six, some of them twice: a product of few rows waits for the panel to arrive
    /// from memory, which is read once this way.
    /// </summary>
    private static void SevenToElevenRows(
        nint depth, byte* a, nint aRow, nint aStep, byte* panel, float* c, nint cRow, int rows, bool add)
    {
        const int StripBytes = Panels.StepBytes;
        float* strip = stackalloc float[6 * Panels.Columns];
        TwelveRows(
            depth, a, a + ((rows - 6) * aRow), aRow, aStep, panel, c, cRow, add, strip, StripBytes,
            addUpper: false);
        float* source = strip + ((12 - rows) * Panels.Columns);
        c = (float*)((byte*)c + (6 * cRow));
        for (int row = 6; row < rows; row++)
        {
            Write(ref c, cRow, Vector512.Load(source), Vector512.Load(source + Lanes.Count), add);
            source += Panels.Columns;
        }
    }

    // One variable per sum: only those are kept in registers. The last six rows have an address of their own, so that
    // every other row is one of few multiples of the distance away.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TwelveRows(
        nint depth, byte* low, byte* high, nint aRow, nint aStep, byte* panel, float* c, nint cRow, bool add,
        float* upper, nint upperRow, bool addUpper)
    {
        Vector512<float> c00 = default, c01 = default, c10 = default, c11 = default;
        Vector512<float> c20 = default, c21 = default, c30 = default, c31 = default;
        Vector512<float> c40 = default, c41 = default, c50 = default, c51 = default;
        Vector512<float> c60 = default, c61 = default, c70 = default, c71 = default;
        Vector512<float> c80 = default, c81 = default, c90 = default, c91 = default;
        Vector512<float> ca0 = default, ca1 = default, cb0 = default, cb1 = default;
        nint three = 3 * aRow, five = 5 * aRow;
        for (; depth > 0; depth--)
        {
            Vector512<float> left = Vector512.Load((float*)panel), right = Vector512.Load((float*)panel + 16);
            Vector512<float> x = Vector512.Create(*(float*)low);
            c00 = Vector512.FusedMultiplyAdd(x, left, c00);
            c01 = Vector512.FusedMultiplyAdd(x, right, c01);
            x = Vector512.Create(*(float*)(low + aRow));
            c10 = Vector512.FusedMultiplyAdd(x, left, c10);
            c11 = Vector512.FusedMultiplyAdd(x, right, c11);
            x = Vector512.Create(*(float*)(low + (2 * aRow)));
            c20 = Vector512.FusedMultiplyAdd(x, left, c20);
            c21 = Vector512.FusedMultiplyAdd(x, right, c21);
            x = Vector512.Create(*(float*)(low + three));
            c30 = Vector512.FusedMultiplyAdd(x, left, c30);
            c31 = Vector512.FusedMultiplyAdd(x, right, c31);
            x = Vector512.Create(*(float*)(low + (4 * aRow)));
            c40 = Vector512.FusedMultiplyAdd(x, left, c40);
            c41 = Vector512.FusedMultiplyAdd(x, right, c41);
            x = Vector512.Create(*(float*)(low + five));
            c50 = Vector512.FusedMultiplyAdd(x, left, c50);
            c51 = Vector512.FusedMultiplyAdd(x, right, c51);
            x = Vector512.Create(*(float*)high);
            c60 = Vector512.FusedMultiplyAdd(x, left, c60);
            c61 = Vector512.FusedMultiplyAdd(x, right, c61);
            x = Vector512.Create(*(float*)(high + aRow));
            c70 = Vector512.FusedMultiplyAdd(x, left, c70);
            c71 = Vector512.FusedMultiplyAdd(x, right, c71);
            x = Vector512.Create(*(float*)(high + (2 * aRow)));
            c80 = Vector512.FusedMultiplyAdd(x, left, c80);
            c81 = Vector512.FusedMultiplyAdd(x, right, c81);
            x = Vector512.Create(*(float*)(high + three));
            c90 = Vector512.FusedMultiplyAdd(x, left, c90);
            c91 = Vector512.FusedMultiplyAdd(x, right, c91);
            x = Vector512.Create(*(float*)(high + (4 * aRow)));
            ca0 = Vector512.FusedMultiplyAdd(x, left, ca0);
            ca1 = Vector512.FusedMultiplyAdd(x, right, ca1);
            x = Vector512.Create(*(float*)(high + five));
            cb0 = Vector512.FusedMultiplyAdd(x, left, cb0);
            cb1 = Vector512.FusedMultiplyAdd(x, right, cb1);
            low += aStep;
            high += aStep;
            panel += Panels.StepBytes;
        }

        Write(ref c, cRow, c00, c01, add);
        Write(ref c, cRow, c10, c11, add);
        Write(ref c, cRow, c20, c21, add);
        Write(ref c, cRow, c30, c31, add);
        Write(ref c, cRow, c40, c41, add);
        Write(ref c, cRow, c50, c51, add);
        Write(ref upper, upperRow, c60, c61, addUpper);
        Write(ref upper, upperRow, c70, c71, addUpper);
        Write(ref upper, upperRow, c80, c81, addUpper);
        Write(ref upper, upperRow, c90, c91, addUpper);
        Write(ref upper, upperRow, ca0, ca1, addUpper);
        Write(ref upper, upperRow, cb0, cb1, addUpper);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourRows(
        nint depth, byte* a, nint aRow, nint aStep, byte* panel, float* c, nint cRow, bool add)
    {
        Vector512<float> c00 = default, c01 = default, c10 = default, c11 = default;
        Vector512<float> c20 = default, c21 = default, c30 = default, c31 = default;
        for (; depth > 0; depth--)
        {
            Vector512<float> left = Vector512.Load((float*)panel), right = Vector512.Load((float*)panel + 16);
            Vector512<float> x = Vector512.Create(*(float*)a);
            c00 = Vector512.FusedMultiplyAdd(x, left, c00);
            c01 = Vector512.FusedMultiplyAdd(x, right, c01);
            x = Vector512.Create(*(float*)(a + aRow));
            c10 = Vector512.FusedMultiplyAdd(x, left, c10);
            c11 = Vector512.FusedMultiplyAdd(x, right, c11);
            x = Vector512.Create(*(float*)(a + (2 * aRow)));
            c20 = Vector512.FusedMultiplyAdd(x, left, c20);
            c21 = Vector512.FusedMultiplyAdd(x, right, c21);
            x = Vector512.Create(*(float*)(a + (3 * aRow)));
            c30 = Vector512.FusedMultiplyAdd(x, left, c30);
            c31 = Vector512.FusedMultiplyAdd(x, right, c31);
            a += aStep;
            panel += Panels.StepBytes;
        }

        Write(ref c, cRow, c00, c01, add);
        Write(ref c, cRow, c10, c11, add);
        Write(ref c, cRow, c20, c21, add);
        Write(ref c, cRow, c30, c31, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TwoRows(
        nint depth, byte* a, nint aRow, nint aStep, byte* panel, float* c, nint cRow, bool add)
    {
        Vector512<float> c00 = default, c01 = default, c10 = default, c11 = default;
        for (; depth > 0; depth--)
        {
            Vector512<float> left = Vector512.Load((float*)panel), right = Vector512.Load((float*)panel + 16);
            Vector512<float> x = Vector512.Create(*(float*)a);
            c00 = Vector512.FusedMultiplyAdd(x, left, c00);
            c01 = Vector512.FusedMultiplyAdd(x, right, c01);
            x = Vector512.Create(*(float*)(a + aRow));
            c10 = Vector512.FusedMultiplyAdd(x, left, c10);
            c11 = Vector512.FusedMultiplyAdd(x, right, c11);
            a += aStep;
            panel += Panels.StepBytes;
        }

        Write(ref c, cRow, c00, c01, add);
        Write(ref c, cRow, c10, c11, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneRow(nint depth, byte* a, nint aStep, byte* panel, float* c, bool add)
    {
        Vector512<float> first = default, second = default;
        for (; depth > 0; depth--)
        {
            Vector512<float> x = Vector512.Create(*(float*)a);
            first = Vector512.FusedMultiplyAdd(x, Vector512.Load((float*)panel), first);
            second = Vector512.FusedMultiplyAdd(x, Vector512.Load((float*)panel + 16), second);
            a += aStep;
            panel += Panels.StepBytes;
        }

        Write(ref c, 0, first, second, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write(ref float* c, nint cRow, Vector512<float> left, Vector512<float> right, bool add)
    {
        if (add)
        {
            left += Vector512.Load(c);
            right += Vector512.Load(c + Lanes.Count);
        }

        left.Store(c);
        right.Store(c + Lanes.Count);
        c = (float*)((byte*)c + cRow);
    }
}
