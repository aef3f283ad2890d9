using System.Runtime.InteropServices;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Updates;

namespace OrtTrainer.Tests.Runtime.Updates;

/// <summary>The gradient of a table, made in place, against the kernel that makes it whole.</summary>
public class TableGradientTests
{
    private static readonly WeightLayout Layout = WeightLayout.Pack(
        [("before", [3], true), ("table", [40, 48], true), ("after", [3], true)]);

    private static WeightSegment Table => Layout.Segments[1];

    [Test]
    public void It_has_the_bits_of_the_kernel_batch_after_batch()
    {
        using WeightBuffer gradients = new(Device.Default, Layout.Length);
        BlockMap written = new(Layout);
        using TableGradient table = Device.Default.CreateTableGradient(gradients, Table, written);
        Random random = new(3);
        foreach (int tokens in new[] { 5, 60, 1, 0, 17 })
        {
            float[] picked = Reference.Random(tokens, tokens * 48);
            picked.AsSpan(0, Math.Min(picked.Length, 48)).Fill(-0f);
            long[] rows = [.. Enumerable.Range(0, tokens).Select(_ => (long)random.Next(12) * 3)];

            table.Picked(tokens).Write(0, picked);
            table.Add(rows);

            float[] expected = tokens == 0 ? new float[40 * 48] : new KernelRun("GatherGrad")
                .With(picked, tokens, 48).With(rows, tokens).With([40L, 48], 2).Single();
            Assert.That(Bits(gradients.Read(Table.Offset, Table.Length)), Is.EqualTo(Bits(expected)));
            Assert.That(
                Enumerable.Range(0, Layout.Blocks).Where(block => written[block]),
                Is.EqualTo(rows.SelectMany(row => new[] { row * 48, (row * 48) + 47 })
                    .Select(i => (int)(Table.Offset + i) / WeightLayout.BlockLength).Distinct().Order()));
        }
    }

    [Test]
    public void Rows_are_added_to_what_a_layer_left_there()
    {
        using WeightBuffer gradients = ArrayPasses.Buffer([.. Enumerable.Repeat(7f, Layout.Length)]);
        BlockMap written = new(Layout);
        using TableGradient table = Device.Default.CreateTableGradient(gradients, Table, written);
        foreach (long[] rows in new long[][] { [5, 39, 5], [0] })
        {
            gradients.Write(Table.Offset, [.. Enumerable.Repeat(7f, Table.Length)]);
            table.Picked(rows.Length).Write(0, [.. Enumerable.Range(0, rows.Length * 48).Select(i => i / 48 + 1f)]);

            table.AddOnto(rows);

            Assert.That(gradients.Read(Table.Offset, Table.Length), Is.EqualTo(Enumerable.Range(0, Table.Length).Select(
                i => 7f + rows.Select((row, t) => row == i / 48 ? t + 1f : 0).Sum())));
        }

        Assert.That(gradients.Read(0, Table.Offset), Is.All.EqualTo(7f));
        Assert.That(() => table.AddOnto([40]), Throws.ArgumentException);
    }

    [Test]
    public void Elements_outside_the_table_stay()
    {
        using WeightBuffer gradients = ArrayPasses.Buffer([.. Enumerable.Repeat(7f, Layout.Length)]);
        gradients.Write(Table.Offset, new float[Table.Length]);
        using TableGradient table = Device.Default.CreateTableGradient(gradients, Table, new BlockMap(Layout));
        table.Picked(2).Write(0, new float[96]);

        table.Add([0, 39]);
        table.Add([]);

        Assert.That(gradients.Read(0, Table.Offset), Is.All.EqualTo(7f));
        Assert.That(gradients.Read(Table.End, Layout.Length - Table.End), Is.All.EqualTo(7f));
    }

    [TestCase(-1)]
    [TestCase(40)]
    [TestCase(long.MaxValue)]
    public void A_row_outside_the_table_is_refused_before_anything_is_written(long row)
    {
        using WeightBuffer gradients = new(Device.Default, Layout.Length);
        BlockMap written = new(Layout);
        using TableGradient table = Device.Default.CreateTableGradient(gradients, Table, written);
        table.Picked(2).Write(0, Reference.Random(1, 96));

        Assert.That(() => table.Add([0, row]), Throws.ArgumentException.With.Message.Contains(
            $"{row} is not a row of table, which has 40"));
        Assert.That(gradients.ToArray(), Is.All.Zero);
        Assert.That(written.Marked, Is.Zero);
    }

    [Test]
    public void More_rows_than_there_was_room_asked_for_are_refused()
    {
        using WeightBuffer gradients = new(Device.Default, Layout.Length);
        using TableGradient table = Device.Default.CreateTableGradient(gradients, Table, new BlockMap(Layout));
        _ = table.Picked(4);

        Assert.That(() => table.Add(new long[6]), Throws.ArgumentException.With.Message.Contains("6 rows of table"));
    }

    private static int[] Bits(float[] values) => MemoryMarshal.Cast<float, int>(values).ToArray();
}
