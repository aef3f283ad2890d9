using System.Runtime.Intrinsics;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Cpu.Kernels;

namespace OrtTrainer.Tests.Runtime.Kernels;

/// <summary>The pieces kernels are made of: remainders of rows, blocks of rows, and working memory.</summary>
public sealed unsafe class LanesTests
{
    [TestCase(0, 0)]
    [TestCase(1, 16)]
    [TestCase(15, 16)]
    [TestCase(16, 16)]
    [TestCase(17, 32)]
    [TestCase(1023, 1024)]
    public void Counts_are_rounded_up_to_whole_vectors(int count, int expected) =>
        Assert.That(Lanes.RoundUp(count), Is.EqualTo(expected));

    [Test]
    public void A_remainder_is_read_and_written_without_its_neighbours([Range(1, 15)] int count)
    {
        using WeightBuffer source = new(Device.Default, 32), target = new(Device.Default, 32);
        source.Span.Fill(float.NaN);
        target.Span.Fill(-1);
        Reference.Random(count, count).CopyTo(source.Span[3..]);

        Vector512<float> vector = Lanes.Load(source.Pointer + 3, count);
        Lanes.Store(vector + Vector512<float>.One, target.Pointer + 5, count);

        for (int i = 0; i < 16; i++)
        {
            Assert.That(vector[i], Is.EqualTo(i < count ? source.Span[3 + i] : 0), $"lane {i}");
        }

        for (int i = 0; i < 32; i++)
        {
            bool inside = i >= 5 && i < 5 + count;
            Assert.That(target.Span[i], Is.EqualTo(inside ? source.Span[i - 2] + 1 : -1), $"element {i}");
        }
    }

    [Test]
    public void The_first_lanes_are_all_bits_and_the_others_none([Range(0, 16)] int count)
    {
        Vector512<uint> bits = Lanes.First(count).AsUInt32();

        Assert.That(
            Enumerable.Range(0, 16).Select(i => bits[i]),
            Is.EqualTo(Enumerable.Range(0, 16).Select(i => i < count ? uint.MaxValue : 0)));
    }

    [Test]
    public void Rows_are_added_element_by_element([Values(0, 1, 15, 16, 17, 40)] int length)
    {
        using WeightBuffer sum = new(Device.Default, length + 16), row = new(Device.Default, length + 16);
        Reference.Random(1, length + 16).CopyTo(sum.Span);
        Reference.Random(2, length + 16).CopyTo(row.Span);
        float[] expected = [.. sum.Span.ToArray().Select((v, i) => i < length ? v + row.Span[i] : v)];

        Vectors.AddTo(sum.Pointer, row.Pointer, length);

        Assert.That(sum.Span.ToArray(), Is.EqualTo(expected));
    }

    [TestCase(0, 0)]
    [TestCase(1, 1)]
    [TestCase(64, 1)]
    [TestCase(65, 2)]
    [TestCase(1000, 16)]
    public void Blocks_of_rows_cover_all_rows_once(int rows, int blocks)
    {
        Assert.That(RowBlocks.Count(rows), Is.EqualTo(blocks));
        int end = 0;
        for (int block = 0; block < blocks; block++)
        {
            (int first, int last) = RowBlocks.Range(block, rows);
            Assert.That(first, Is.EqualTo(end));
            Assert.That(last, Is.GreaterThan(first));
            end = last;
        }

        Assert.That(end, Is.EqualTo(rows));
    }

    [Test]
    public void Sums_of_blocks_are_combined_in_order()
    {
        using WeightBuffer partials = new(Device.Default, 3 * 20), sum = new(Device.Default, 18);
        sum.Span.Fill(float.NaN);

        // In float32, (1e8 - 1e8) + 1 is 1; in any other order 1 is lost beside 1e8.
        partials.Slice(0, 17).Fill(1e8f);
        partials.Slice(20, 17).Fill(-1e8f);
        partials.Slice(40, 17).Fill(1);
        RowBlocks.Combine(partials.Pointer, 3, 20, sum.Pointer, 17);

        Assert.That(sum.Slice(0, 17).ToArray(), Is.All.EqualTo(1f));
        Assert.That(sum.Span[17], Is.NaN, "behind the columns");
    }

    [Test]
    public void Arrays_of_a_layout_start_on_cache_lines_and_do_not_overlap()
    {
        Layout layout = new();

        long[] starts = [layout.Add(1), layout.Add(16), layout.Add(0), layout.Add(17), layout.Add(5)];

        Assert.That(starts, Is.EqualTo(new long[] { 0, 16, 32, 32, 64 }));
        Assert.That(layout.Length, Is.EqualTo(80));
    }

    [Test]
    public void Scratch_is_kept_while_it_is_large_enough_and_each_thread_has_its_own()
    {
        long first = (long)Scratch.ForBlock(1000), smaller = (long)Scratch.ForBlock(10);
        long call = (long)Scratch.ForCall(10), other = 0;
        Thread thread = new(() => other = (long)Scratch.ForBlock(10));
        thread.Start();
        thread.Join();

        Assert.That(smaller, Is.EqualTo(first));
        Assert.That(first % 64, Is.Zero);
        Assert.That(call, Is.Not.EqualTo(first), "a kernel's memory and its blocks' must not be one");
        Assert.That(other, Is.Not.EqualTo(first));
    }
}
