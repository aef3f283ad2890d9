using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Cpu.Kernels;

namespace OrtTrainer.Tests.Runtime;

public sealed unsafe class TileTests
{
    [Test]
    public void Products_are_those_of_the_definition(
        [Values(8, 16, 24)] int rows, [Values(16, 32, 48, 64, 80)] int columns, [Values(0, 1, 17)] int depth,
        [Values] bool across, [Values] bool add)
    {
        using WeightBuffer a = Filled(1, rows * (depth + 3)), c = Filled(3, rows * (columns + 16));
        float[] b = Reference.Random(2, depth * columns), before = c.Span.ToArray();
        using WeightBuffer panels = new(Device.Default, (columns + 31) / 32 * 32 * depth);
        for (int k = 0; k < depth; k++)
        {
            for (int j = 0; j < columns; j++)
            {
                panels.Span[(j / 32 * 32 * depth) + (k * 32) + (j % 32)] = b[(k * columns) + j];
            }
        }

        // Either way round: rows of A behind each other, or its columns.
        (int aRow, int aStep) = across ? (1, rows) : (depth + 3, 1);
        Tile.Multiply(
            a.Pointer, aRow, aStep, panels.Pointer, 32 * depth, 32, c.Pointer, columns + 16, rows, columns, depth, add);

        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns + 16; j++)
            {
                int at = (i * (columns + 16)) + j;
                double expected = add || j >= columns ? before[at] : 0;
                for (int k = 0; k < depth && j < columns; k++)
                {
                    expected += (double)a.Span[(i * aRow) + (k * aStep)] * b[(k * columns) + j];
                }

                Assert.That(c.Span[at], Is.EqualTo(expected).Within(1e-5), $"element [{i}, {j}]");
            }
        }
    }

    [Test]
    public void Rows_are_packed_with_zeros_behind_them_and_come_back([Values(1, 5, 16, 17, 40)] int width)
    {
        const int Count = 3, Wide = 100;
        using WeightBuffer source = Filled(1, Count * Wide), target = new(Device.Default, Count * Wide);
        int row = Lanes.RoundUp(width);
        using WeightBuffer packed = Filled(2, Count * row);

        Packing.Rows(source.Pointer + 7, Wide, Count, width, 2, packed.Pointer);
        Packing.Unpack(packed.Pointer, Count, width, 0.5f, target.Pointer + 7, Wide);

        for (int i = 0; i < Count * row; i++)
        {
            float expected = i % row < width ? 2 * source.Span[(i / row * Wide) + 7 + (i % row)] : 0;
            Assert.That(packed.Span[i], Is.EqualTo(expected));
        }

        for (int i = 0; i < Count * Wide; i++)
        {
            bool inside = i % Wide >= 7 && i % Wide < 7 + width;
            Assert.That(target.Span[i], Is.EqualTo(inside ? source.Span[i] : 0));
        }
    }

    [Test]
    public void Rows_are_transposed_into_panels(
        [Values(1, 3, 4, 15, 16, 17, 33, 64, 70)] int count, [Values(1, 4, 7, 8, 32)] int width)
    {
        const int Wide = 50;
        using WeightBuffer source = Filled(1, count * Wide), panels = new(Device.Default, (count + 32) * width);

        Packing.Transposed(source.Pointer, Wide, count, width, panels.Pointer);

        for (int j = 0; j < Lanes.RoundUp(count); j++)
        {
            for (int d = 0; d < width; d++)
            {
                float actual = panels.Span[(j / 32 * 32 * width) + (d * 32) + (j % 32)];
                Assert.That(actual, Is.EqualTo(j < count ? source.Span[(j * Wide) + d] : 0), $"row {j}, column {d}");
            }
        }
    }

    private static WeightBuffer Filled(int seed, int length)
    {
        WeightBuffer buffer = new(Device.Default, length);
        Reference.Random(seed, length).CopyTo(buffer.Span);
        return buffer;
    }
}
