using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// Products of small matrices that lie in a core's cache. The result is made in tiles of 8 rows by 2 vectors, which
/// stay in registers over the whole depth: 16 accumulators hide the latency of the additions, and each element read
/// is used 8 or 32 times.
/// </summary>
internal static unsafe class Tile
{
    /// <summary>Rows of a tile: the number of rows of a product is a multiple of it.</summary>
    public const int Rows = 8;

    /// <summary>Columns of a panel of the right factor.</summary>
    public const int PanelColumns = 2 * Lanes.Count;

    /// <summary>
    /// C = A B, or C += A B. A is rows x depth, read one element at a time, so that it may lie either way round; B is
    /// depth x columns in panels of 32 columns; C is rows x columns.
    /// </summary>
    /// <param name="a">Element [i, k] at i · <paramref name="aRow"/> + k · <paramref name="aStep"/>.</param>
    /// <param name="aRow">Distance of A's rows.</param>
    /// <param name="aStep">Distance of A's columns.</param>
    /// <param name="b">
    /// Element [k, j] at (j / 32) · <paramref name="bPanel"/> + k · <paramref name="bRow"/> + j % 32.
    /// </param>
    /// <param name="bPanel">Distance of B's panels.</param>
    /// <param name="bRow">Distance of the rows of a panel.</param>
    /// <param name="c">Element [i, j] at i · <paramref name="cRow"/> + j.</param>
    /// <param name="cRow">Distance of C's rows.</param>
    /// <param name="rows">A multiple of 8.</param>
    /// <param name="columns">A multiple of 16.</param>
    /// <param name="depth">0 or more.</param>
    /// <param name="add">True: added to what C holds.</param>
    public static void Multiply(
        float* a, nint aRow, nint aStep, float* b, nint bPanel, nint bRow, float* c, nint cRow,
        int rows, int columns, int depth, bool add)
    {
        for (int j = 0; j < columns; j += PanelColumns)
        {
            for (int i = 0; i < rows; i += Rows)
            {
                float* target = c + (i * cRow) + j;
                if (columns - j >= PanelColumns)
                {
                    TwoVectors(a + (i * aRow), aRow, aStep, b, bRow, target, cRow, depth, add);
                }
                else
                {
                    OneVector(a + (i * aRow), aRow, aStep, b, bRow, target, cRow, depth, add);
                }
            }

            b += bPanel;
        }
    }

    // One variable per accumulator: only those are kept in registers.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TwoVectors(
        float* a, nint aRow, nint aStep, float* b, nint bRow, float* c, nint cRow, int depth, bool add)
    {
        float* a0 = a, a1 = a0 + aRow, a2 = a1 + aRow, a3 = a2 + aRow;
        float* a4 = a3 + aRow, a5 = a4 + aRow, a6 = a5 + aRow, a7 = a6 + aRow;
        Vector512<float> c00 = default, c01 = default, c10 = default, c11 = default;
        Vector512<float> c20 = default, c21 = default, c30 = default, c31 = default;
        Vector512<float> c40 = default, c41 = default, c50 = default, c51 = default;
        Vector512<float> c60 = default, c61 = default, c70 = default, c71 = default;
        nint k = 0;
        for (; depth > 0; depth--)
        {
            Vector512<float> b0 = Vector512.Load(b), b1 = Vector512.Load(b + Lanes.Count);
            Vector512<float> x = Vector512.Create(a0[k]), y = Vector512.Create(a1[k]);
            c00 = Vector512.FusedMultiplyAdd(x, b0, c00);
            c01 = Vector512.FusedMultiplyAdd(x, b1, c01);
            c10 = Vector512.FusedMultiplyAdd(y, b0, c10);
            c11 = Vector512.FusedMultiplyAdd(y, b1, c11);
            x = Vector512.Create(a2[k]);
            y = Vector512.Create(a3[k]);
            c20 = Vector512.FusedMultiplyAdd(x, b0, c20);
            c21 = Vector512.FusedMultiplyAdd(x, b1, c21);
            c30 = Vector512.FusedMultiplyAdd(y, b0, c30);
            c31 = Vector512.FusedMultiplyAdd(y, b1, c31);
            x = Vector512.Create(a4[k]);
            y = Vector512.Create(a5[k]);
            c40 = Vector512.FusedMultiplyAdd(x, b0, c40);
            c41 = Vector512.FusedMultiplyAdd(x, b1, c41);
            c50 = Vector512.FusedMultiplyAdd(y, b0, c50);
            c51 = Vector512.FusedMultiplyAdd(y, b1, c51);
            x = Vector512.Create(a6[k]);
            y = Vector512.Create(a7[k]);
            c60 = Vector512.FusedMultiplyAdd(x, b0, c60);
            c61 = Vector512.FusedMultiplyAdd(x, b1, c61);
            c70 = Vector512.FusedMultiplyAdd(y, b0, c70);
            c71 = Vector512.FusedMultiplyAdd(y, b1, c71);
            k += aStep;
            b += bRow;
        }

        Write(ref c, cRow, c00, c01, add);
        Write(ref c, cRow, c10, c11, add);
        Write(ref c, cRow, c20, c21, add);
        Write(ref c, cRow, c30, c31, add);
        Write(ref c, cRow, c40, c41, add);
        Write(ref c, cRow, c50, c51, add);
        Write(ref c, cRow, c60, c61, add);
        Write(ref c, cRow, c70, c71, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneVector(
        float* a, nint aRow, nint aStep, float* b, nint bRow, float* c, nint cRow, int depth, bool add)
    {
        float* a0 = a, a1 = a0 + aRow, a2 = a1 + aRow, a3 = a2 + aRow;
        float* a4 = a3 + aRow, a5 = a4 + aRow, a6 = a5 + aRow, a7 = a6 + aRow;
        Vector512<float> c0 = default, c1 = default, c2 = default, c3 = default;
        Vector512<float> c4 = default, c5 = default, c6 = default, c7 = default;
        nint k = 0;
        for (; depth > 0; depth--)
        {
            Vector512<float> b0 = Vector512.Load(b);
            c0 = Vector512.FusedMultiplyAdd(Vector512.Create(a0[k]), b0, c0);
            c1 = Vector512.FusedMultiplyAdd(Vector512.Create(a1[k]), b0, c1);
            c2 = Vector512.FusedMultiplyAdd(Vector512.Create(a2[k]), b0, c2);
            c3 = Vector512.FusedMultiplyAdd(Vector512.Create(a3[k]), b0, c3);
            c4 = Vector512.FusedMultiplyAdd(Vector512.Create(a4[k]), b0, c4);
            c5 = Vector512.FusedMultiplyAdd(Vector512.Create(a5[k]), b0, c5);
            c6 = Vector512.FusedMultiplyAdd(Vector512.Create(a6[k]), b0, c6);
            c7 = Vector512.FusedMultiplyAdd(Vector512.Create(a7[k]), b0, c7);
            k += aStep;
            b += bRow;
        }

        Write(ref c, cRow, c0, add);
        Write(ref c, cRow, c1, add);
        Write(ref c, cRow, c2, add);
        Write(ref c, cRow, c3, add);
        Write(ref c, cRow, c4, add);
        Write(ref c, cRow, c5, add);
        Write(ref c, cRow, c6, add);
        Write(ref c, cRow, c7, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write(ref float* c, nint cRow, Vector512<float> first, Vector512<float> second, bool add)
    {
        if (add)
        {
            first += Vector512.Load(c);
            second += Vector512.Load(c + Lanes.Count);
        }

        first.Store(c);
        second.Store(c + Lanes.Count);
        c += cRow;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write(ref float* c, nint cRow, Vector512<float> row, bool add)
    {
        (add ? row + Vector512.Load(c) : row).Store(c);
        c += cRow;
    }
}
