using OrtTrainer.Graph;
using OrtTrainer.Runtime.Cpu.Kernels;
using OrtTrainer.Runtime.Cpu.Products;

namespace OrtTrainer.Tests.Runtime.Products;

/// <summary>The products of tiles on their own, on every number of rows, against sums in float64.</summary>
public sealed unsafe class TileProductTests
{
    private const int Gap = 5;
    private const float Fence = 12345;

    private static readonly int[] Depths = [.. Enumerable.Range(1, 70), 191, 192, 193, 500, 777];

    [Test]
    public void A_tile_is_the_sum_of_its_products_and_writes_nothing_else(
        [ProcessorPrecisions] Precision precision, [Range(1, 12)] int rows, [Values] bool transposed, [Values] bool add)
    {
        foreach (int depth in Depths)
        {
            if (precision == Precision.Fp32)
            {
                Check<FloatTile>(rows, depth, transposed, add);
            }
            else
            {
                Precisions.Require(precision);
                Check<BFloat16Tile>(rows, depth, transposed, add);
            }
        }
    }

    [Test]
    public void A_row_has_the_same_bits_whatever_rows_lie_beside_it([ProcessorPrecisions] Precision precision)
    {
        Precisions.Require(precision);
        float[] Made(int rows, int depth) => precision == Precision.Fp32
            ? Product<FloatTile>(rows, depth, transposed: false, add: false, out _)
            : Product<BFloat16Tile>(rows, depth, transposed: false, add: false, out _);
        foreach (int depth in new[] { 1, 4, 7, 33, 192 })
        {
            float[] all = Made(12, depth);
            for (int rows = 1; rows < 12; rows++)
            {
                int length = rows * (Panels.Columns + Gap);
                Assert.That(
                    Made(rows, depth).AsSpan(0, length).SequenceEqual(all.AsSpan(0, length)),
                    $"{rows} rows, depth {depth}");
            }
        }
    }

    private static void Check<TTile>(int rows, int depth, bool transposed, bool add)
        where TTile : struct, ITile
    {
        float[] c = Product<TTile>(rows, depth, transposed, add, out Operands operands);
        int elements = depth * TTile.ElementsPerStep, cRow = Panels.Columns + Gap;
        for (int at = 0; at < c.Length; at++)
        {
            (int i, int j) = (at / cRow, at % cRow);
            if (i >= rows || j >= Panels.Columns)
            {
                Assert.That(c[at], Is.EqualTo(Fence), $"behind the tile of {rows} rows, [{i}, {j}], depth {depth}");
                continue;
            }

            double sum = add ? Fence : 0, size = Math.Abs(sum);
            for (int k = 0; k < elements; k++)
            {
                double product = (double)operands.A[(i * elements) + k] * operands.B[(k * Panels.Columns) + j];
                sum += product;
                size += Math.Abs(product);
            }

            // A rounding to 24 bits per addition, of what is at most the sum of magnitudes.
            if (!(Math.Abs(c[at] - sum) <= (elements + 2) * Math.ScaleB(size, -24)))
            {
                Assert.Fail($"[{i}, {j}] of {rows} rows, depth {depth}, is {c[at]}; expected {sum}.");
            }
        }
    }

    /// <summary>C, in rows of 32 and a gap, with a row to spare; every element was the fence before.</summary>
    private static float[] Product<TTile>(int rows, int depth, bool transposed, bool add, out Operands operands)
        where TTile : struct, ITile
    {
        int per = TTile.ElementsPerStep, elements = depth * per, cRow = Panels.Columns + Gap;
        operands = new Operands(Random(1, 12 * elements, per), Random(2, elements * Panels.Columns, per));
        float[] c = new float[(rows + 1) * cRow];
        c.AsSpan().Fill(Fence);

        // Behind A and the panel lies NaN: a step too much would spoil the sums.
        int aRow = transposed ? 1 : depth + 3, aStep = transposed ? 12 + 1 : 1;
        uint[] a = Spoilt((rows * aRow) + (depth * aStep) + 16), panel = Spoilt((depth + 4) * Panels.Columns);
        for (int k = 0; k < depth; k++)
        {
            for (int i = 0; i < rows; i++)
            {
                a[(i * aRow) + (k * aStep)] = Step(operands.A, (i * elements) + (k * per), 1, per);
            }

            for (int j = 0; j < Panels.Columns; j++)
            {
                panel[(k * Panels.Columns) + j] =
                    Step(operands.B, (k * per * Panels.Columns) + j, Panels.Columns, per);
            }
        }

        fixed (uint* left = a, right = panel)
        {
            fixed (float* result = c)
            {
                if (transposed)
                {
                    TTile.MultiplyTransposed(
                        depth, (byte*)left, aStep * 4, (byte*)right, result, cRow * 4, rows, add);
                }
                else
                {
                    TTile.Multiply(depth, (byte*)left, aRow * 4, (byte*)right, result, cRow * 4, rows, add);
                }
            }
        }

        return c;
    }

    private static uint Step(float[] values, int at, int next, int elements) => elements == 1
        ? BitConverter.SingleToUInt32Bits(values[at])
        : BFloat16Reference.Bits(values[at]) | ((uint)BFloat16Reference.Bits(values[at + next]) << 16);

    // Where a step is of two elements, numbers of 8 bits, so that only sums are rounded.
    private static float[] Random(int seed, int length, int elementsPerStep)
    {
        float[] values = Reference.Random(seed, length);
        return elementsPerStep == 1 ? values : [.. values.Select(v => (float)BFloat16Reference.Nearest(v))];
    }

    private static uint[] Spoilt(int length)
    {
        uint[] steps = new uint[length];
        steps.AsSpan().Fill(0xFFFFFFFF);
        return steps;
    }

    /// <summary>A [rows, elements] and B [elements, 32].</summary>
    private sealed record Operands(float[] A, float[] B);
}
