using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using OrtTrainer.Runtime.Cpu.Kernels;

namespace OrtTrainer.Runtime.Cpu.Products;

/// <summary>Copies into panels of 32 columns, whose elements are four bytes of whatever kind.</summary>
internal static unsafe class PanelPacking
{
    /// <summary>Rows as they lie, with zeros behind the last column.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Copy(float* source, nint sourceRow, int depth, int columns, float* panel)
    {
        if (columns < Panels.Columns)
        {
            for (int k = 0; k < depth; k++)
            {
                Span<float> row = new(panel + ((nint)k * Panels.Columns), Panels.Columns);
                new Span<float>(source + (k * sourceRow), columns).CopyTo(row);
                row[columns..].Clear();
            }

            return;
        }

        for (int k = 0; k < depth; k++)
        {
            Vector512<float> left = Vector512.Load(source), right = Vector512.Load(source + Lanes.Count);
            left.Store(panel);
            right.Store(panel + Lanes.Count);
            source += sourceRow;
            panel += Panels.Columns;
        }
    }

    /// <summary>Columns that are rows of the source, with zeros behind the last.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transpose(uint* source, nint sourceRow, int columns, int depth, uint* panel)
    {
        int k = 0;
        if (columns == Panels.Columns && Avx512F.IsSupported)
        {
            for (; k <= depth - 4; k += 4)
            {
                FourSteps(source + k, sourceRow, panel + ((nint)k * Panels.Columns));
                FourSteps(
                    source + k + (16 * sourceRow), sourceRow, panel + ((nint)k * Panels.Columns) + Lanes.Count);
            }
        }

        for (; k < depth; k++)
        {
            Span<uint> row = new(panel + ((nint)k * Panels.Columns), Panels.Columns);
            for (int j = 0; j < columns; j++)
            {
                row[j] = source[(j * sourceRow) + k];
            }

            row[columns..].Clear();
        }
    }

    // Vectors of the four elements of rows i, i + 4, i + 8 and i + 12: exchanged between i = 0, 1, 2, 3, the elements
    // of a step come to lie in the order of the rows.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FourSteps(uint* source, nint row, uint* panel)
    {
        Vector512<uint> a = FourRows(source, 4 * row), b = FourRows(source + row, 4 * row);
        Vector512<uint> c = FourRows(source + (2 * row), 4 * row), d = FourRows(source + (3 * row), 4 * row);
        Vector512<ulong> lowAb = Avx512F.UnpackLow(a, b).AsUInt64(), highAb = Avx512F.UnpackHigh(a, b).AsUInt64();
        Vector512<ulong> lowCd = Avx512F.UnpackLow(c, d).AsUInt64(), highCd = Avx512F.UnpackHigh(c, d).AsUInt64();
        Avx512F.UnpackLow(lowAb, lowCd).AsUInt32().Store(panel);
        Avx512F.UnpackHigh(lowAb, lowCd).AsUInt32().Store(panel + Panels.Columns);
        Avx512F.UnpackLow(highAb, highCd).AsUInt32().Store(panel + (2 * Panels.Columns));
        Avx512F.UnpackHigh(highAb, highCd).AsUInt32().Store(panel + (3 * Panels.Columns));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> FourRows(uint* source, nint distance) => Vector512.Create(
        Vector256.Create(Vector128.Load(source), Vector128.Load(source + distance)),
        Vector256.Create(Vector128.Load(source + (2 * distance)), Vector128.Load(source + (3 * distance))));
}
