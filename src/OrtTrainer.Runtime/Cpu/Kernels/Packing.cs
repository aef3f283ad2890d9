using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// Copies of one attention head's columns out of a wide matrix and back, in the layouts that <see cref="Tile"/>
/// reads.
/// </summary>
internal static unsafe class Packing
{
    /// <summary>
    /// Rows [count, width] times <paramref name="scale"/>, into rows of whole vectors with zeros behind the width.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows(float* source, nint sourceRow, int count, int width, float scale, float* target)
    {
        Vector512<float> factor = Vector512.Create(scale);
        for (int row = 0; row < count; row++)
        {
            int d = 0;
            for (; d <= width - Lanes.Count; d += Lanes.Count)
            {
                (Vector512.Load(source + d) * factor).Store(target + d);
            }

            if (d < width)
            {
                (Lanes.Load(source + d, width - d) * factor).Store(target + d);
            }

            source += sourceRow;
            target += Lanes.RoundUp(width);
        }
    }

    /// <summary>
    /// The way back: rows of whole vectors times <paramref name="scale"/> into columns of a wide matrix.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Unpack(float* source, int count, int width, float scale, float* target, nint targetRow)
    {
        Vector512<float> factor = Vector512.Create(scale);
        for (int row = 0; row < count; row++)
        {
            int d = 0;
            for (; d <= width - Lanes.Count; d += Lanes.Count)
            {
                (Vector512.Load(source + d) * factor).Store(target + d);
            }

            if (d < width)
            {
                Lanes.Store(Vector512.Load(source + d) * factor, target + d, width - d);
            }

            source += Lanes.RoundUp(width);
            target += targetRow;
        }
    }

    /// <summary>
    /// Rows [count, width] transposed: panels of 32 rows, each [width, 32], with zeros behind the last row.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transposed(float* source, nint sourceRow, int count, int width, float* panels)
    {
        const int Panel = Tile.PanelColumns;
        int padded = Lanes.RoundUp(count);
        for (int j = 0; j < padded; j += 4)
        {
            float* target = panels + ((nint)(j / Panel) * Panel * width) + (j % Panel);
            float* rows = source + (j * sourceRow);
            int d = 0;
            if (Sse.IsSupported && j + 4 <= count)
            {
                for (; d <= width - 4; d += 4)
                {
                    Transpose4x4(rows + d, sourceRow, target + (d * Panel));
                }
            }

            for (; d < width; d++)
            {
                for (int r = 0; r < 4; r++)
                {
                    target[(d * Panel) + r] = j + r < count ? rows[(r * sourceRow) + d] : 0;
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose4x4(float* source, nint sourceRow, float* target)
    {
        Vector128<float> a = Vector128.Load(source), b = Vector128.Load(source + sourceRow);
        Vector128<float> c = Vector128.Load(source + (2 * sourceRow)), d = Vector128.Load(source + (3 * sourceRow));
        Vector128<float> lowAb = Sse.UnpackLow(a, b), highAb = Sse.UnpackHigh(a, b);
        Vector128<float> lowCd = Sse.UnpackLow(c, d), highCd = Sse.UnpackHigh(c, d);
        Sse.MoveLowToHigh(lowAb, lowCd).Store(target);
        Sse.MoveHighToLow(lowCd, lowAb).Store(target + Tile.PanelColumns);
        Sse.MoveLowToHigh(highAb, highCd).Store(target + (2 * Tile.PanelColumns));
        Sse.MoveHighToLow(highCd, highAb).Store(target + (3 * Tile.PanelColumns));
    }
}
