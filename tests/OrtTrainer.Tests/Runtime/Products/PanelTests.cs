using System.Runtime.Intrinsics;
using OrtTrainer.Graph;
using OrtTrainer.Runtime.Cpu.Products;

namespace OrtTrainer.Tests.Runtime.Products;

/// <summary>What tiles read: panels and converted left factors, element by element.</summary>
public sealed unsafe class PanelTests
{
    private const uint Fence = 0xDEADBEEF;

    private static readonly int[] Depths = [1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 33, 64, 127, 128, 129, 130, 257];

    [Test]
    public void Columns_that_are_rows_of_the_source_lie_as_tiles_read_them(
        [ProcessorPrecisions] Precision precision, [Range(1, 32)] int columns) =>
        Packs(precision, columns, byRows: false);

    [Test]
    public void Rows_lie_as_tiles_read_them([ProcessorPrecisions] Precision precision, [Range(1, 32)] int columns) =>
        Packs(precision, columns, byRows: true);

    [Test]
    public void Rows_of_a_left_factor_are_converted_where_a_tile_needs_it(
        [ProcessorPrecisions] Precision precision, [Values(1, 2, 5)] int rows)
    {
        Precisions.Require(precision);
        foreach (int columns in Depths)
        {
            float[] source = Reference.Random(3, rows * columns);
            int per = precision == Precision.Fp32 ? 1 : 2, steps = (columns + per - 1) / per;
            uint[] room = Fenced((rows * (columns + 1)) + 1);
            fixed (float* from = source)
            {
                fixed (uint* to = room)
                {
                    byte* a = per == 1
                        ? FloatTile.LeftRows(from, rows, columns, (byte*)to, out nint row)
                        : BFloat16Tile.LeftRows(from, rows, columns, (byte*)to, out row);
                    Assert.That((long)row, Is.EqualTo(steps * 4));
                    for (int at = 0; at < rows * steps; at++)
                    {
                        uint expected = Step(source, at / steps, at % steps, columns, 1, columns, per);
                        Assert.That(((uint*)a)[at], Is.EqualTo(expected), $"step {at} of {rows} rows of {columns}");
                    }
                }
            }

            Assert.That(room.Skip(per == 1 ? 0 : rows * steps), Is.All.EqualTo(Fence));
        }
    }

    [Test]
    public void Steps_of_a_left_factor_pair_two_rows([Values(1, 15, 16, 17, 32, 33, 70)] int columns)
    {
        Precisions.Require(Precision.Bf16);
        foreach (int depth in new[] { 1, 2, 3, 8, 9 })
        {
            float[] source = Reference.Random(4, depth * columns);
            int steps = (depth + 1) / 2;
            uint[] made = Fenced((steps * columns) + 1);
            fixed (float* from = source)
            {
                fixed (uint* to = made)
                {
                    BFloat16Tile.LeftSteps(from, depth, columns, (byte*)to);
                }
            }

            for (int at = 0; at < steps * columns; at++)
            {
                uint expected = Step(source, at % columns, at / columns, 1, columns, depth, 2);
                Assert.That(made[at], Is.EqualTo(expected), $"step {at} of {depth} rows of {columns}");
            }

            Assert.That(made[^1], Is.EqualTo(Fence));
        }
    }

    // Rows of a tile, whose last may have no other beside it.
    [Test]
    public void Tiles_are_stored_as_they_are_read(
        [ProcessorPrecisions] Precision precision, [Values(1, 2, 3, 11, 12)] int rows, [Values] bool asSteps)
    {
        Precisions.Require(precision);
        float[] tile = [.. Reference.Random(5, rows * Panels.Columns), .. new float[Panels.Columns]];
        int per = precision == Precision.Fp32 ? 1 : 2, lines = asSteps ? (rows + per - 1) / per : rows;
        int length = asSteps ? Panels.Columns : Panels.Columns / per, line = length + 3;
        uint[] room = Fenced(lines * line);
        fixed (float* from = tile)
        {
            fixed (uint* to = room)
            {
                Store(precision, asSteps, from, rows, (byte*)to, line * sizeof(uint));
            }
        }

        for (int at = 0; at < room.Length; at++)
        {
            (int i, int j) = (at / line, at % line);
            uint expected = j >= length ? Fence
                : asSteps ? Step(tile, j, i, 1, Panels.Columns, rows, per)
                : Step(tile, i, j, Panels.Columns, 1, Panels.Columns, per);
            Assert.That(room[at], Is.EqualTo(expected), $"line {i}, step {j} of {rows} rows");
        }
    }

    [Test]
    public void What_is_stored_is_the_rounded_number_and_is_loaded_again([ProcessorPrecisions] Precision precision)
    {
        Precisions.Require(precision);
        float[] tile = Reference.Random(6, Panels.Columns, 1e3);
        (tile[0], tile[1], tile[2], tile[3]) = (float.PositiveInfinity, float.NaN, 0, -0f);
        float[] stored = new float[Panels.Columns];
        fixed (float* from = tile, to = stored)
        {
            Store(precision, asSteps: false, from, 1, (byte*)to, sizeof(float));
            for (int column = 0; column < Panels.Columns; column += 16)
            {
                Vector512<float> values = Vector512.Load(from + column);
                (Vector512<float> rounded, Vector512<float> loaded) = precision == Precision.Fp32
                    ? (FloatTile.Rounded(values), FloatTile.Load((byte*)to, column))
                    : (BFloat16Tile.Rounded(values), BFloat16Tile.Load((byte*)to, column));
                for (int lane = 0; lane < 16; lane++)
                {
                    double expected = precision == Precision.Fp32
                        ? tile[column + lane]
                        : BFloat16Reference.Nearest(tile[column + lane]);
                    Assert.That(rounded[lane], Is.EqualTo(expected), $"rounded, {column + lane}");
                    Assert.That(loaded[lane], Is.EqualTo(expected), $"loaded, {column + lane}");
                }
            }
        }
    }

    private static void Store(
        Precision precision, bool asSteps, float* tile, int rows, byte* target, nint targetLine)
    {
        switch (precision, asSteps)
        {
            case (Precision.Fp32, false):
                FloatTile.StoreRows(tile, rows, target, targetLine);
                break;
            case (Precision.Fp32, true):
                FloatTile.StoreSteps(tile, rows, target, targetLine);
                break;
            case (_, false):
                BFloat16Tile.StoreRows(tile, rows, target, targetLine);
                break;
            default:
                BFloat16Tile.StoreSteps(tile, rows, target, targetLine);
                break;
        }
    }

    private static void Packs(Precision precision, int columns, bool byRows)
    {
        Precisions.Require(precision);
        foreach (int depth in Depths)
        {
            // Rows lie apart, and what is between them is not read.
            (int count, int width) = byRows ? (depth, columns) : (columns, depth);
            int row = width + 3, per = precision == Precision.Fp32 ? 1 : 2, steps = (depth + per - 1) / per;
            float[] values = Reference.Random(columns, count * row);
            for (int at = 0; at < values.Length; at++)
            {
                values[at] = at % row < width ? values[at] : float.NaN;
            }

            uint[] panel = Fenced((steps * Panels.Columns) + Panels.Columns);
            fixed (float* from = values)
            {
                fixed (uint* to = panel)
                {
                    Pack(precision, byRows, from, row, columns, depth, (byte*)to);
                }
            }

            for (int at = 0; at < panel.Length; at++)
            {
                (int k, int j) = (at / Panels.Columns, at % Panels.Columns);
                uint expected = k >= steps ? Fence : j >= columns ? 0
                    : byRows ? Step(values, j, k, 1, row, depth, per) : Step(values, j, k, row, 1, depth, per);
                if (panel[at] != expected)
                {
                    Assert.Fail($"step {k} of column {j} is {panel[at]:X8}; expected {expected:X8}; depth {depth}.");
                }
            }
        }
    }

    private static void Pack(
        Precision precision, bool byRows, float* source, int row, int columns, int depth, byte* panel)
    {
        if (precision == Precision.Fp32)
        {
            if (byRows)
            {
                FloatTile.PackRows(source, row, depth, columns, panel);
            }
            else
            {
                FloatTile.PackColumns(source, row, columns, depth, panel);
            }
        }
        else if (byRows)
        {
            BFloat16Tile.PackRows(source, row, depth, columns, panel);
        }
        else
        {
            BFloat16Tile.PackColumns(source, row, columns, depth, panel);
        }
    }

    // Step k of row or column i: elements at i · line + (k · per) · next and the one after it, zero behind the depth.
    private static uint Step(float[] values, int i, int k, int line, int next, int depth, int per)
    {
        int at = (i * line) + (k * per * next);
        return per == 1
            ? BitConverter.SingleToUInt32Bits(values[at])
            : BFloat16Reference.Bits(values[at])
                | ((k * 2) + 1 < depth ? (uint)BFloat16Reference.Bits(values[at + next]) << 16 : 0);
    }

    private static uint[] Fenced(int length)
    {
        uint[] memory = new uint[length];
        memory.AsSpan().Fill(Fence);
        return memory;
    }
}
