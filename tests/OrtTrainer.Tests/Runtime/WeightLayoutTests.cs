using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Updates;

namespace OrtTrainer.Tests.Runtime;

public class WeightLayoutTests
{
    [Test]
    public void Every_tensor_starts_on_a_block_and_the_total_is_whole_blocks()
    {
        var layout = WeightLayout.Pack(
            [("a", [1], true), ("empty", [0, 5], true), ("b", [2, 64], false), ("c", [], true)]);
        Assert.That(layout.Segments.Select(s => s.Offset), Is.EqualTo(new[] { 0, 128, 128, 256 }));
        Assert.That(layout.Segments.Select(s => s.Length), Is.EqualTo(new[] { 1, 0, 128, 1 }));
        Assert.That(layout.Segments[2].Columns, Is.EqualTo(64));
        Assert.That((layout.Length, layout.Blocks), Is.EqualTo((384, 3)));
    }

    [Test]
    public void Sparse_segments_are_known_by_block()
    {
        var layout = WeightLayout.Pack([("a", [200], true), ("b", [3, 50], false), ("c", [128], true)]);
        Assert.That(layout.SparseBlocks(), Is.Null);

        var sparse = new WeightLayout(
            [.. layout.Segments.Select(segment => segment with { IsSparse = segment.Name == "b" })]);

        Assert.That(sparse.SparseBlocks(), Is.EqualTo(new[] { false, false, true, true, false }));
    }

    [Test]
    public void Blocks_are_unmarked_by_range_and_marked_by_another_map()
    {
        var layout = WeightLayout.Pack([("a", [128 * 4], true)]);
        var (map, other) = (new BlockMap(layout), new BlockMap(layout));
        map.Mark(0, 512);
        map.Unmark(130, 127);
        other.Mark(300, 1);

        other.MarkAll(map);

        Assert.That(Enumerable.Range(0, 4).Select(i => map[i]), Is.EqualTo(new[] { true, false, false, true }));
        Assert.That(Enumerable.Range(0, 4).Select(i => other[i]), Is.EqualTo(new[] { true, false, true, true }));
        Assert.That(
            () => map.MarkAll(new BlockMap(WeightLayout.Pack([("a", [1], true)]))),
            Throws.ArgumentException.With.Message.Contains("1 blocks to mark in a map of 4"));
    }

    [Test]
    public void Weight_decay_is_known_by_block()
    {
        var layout = WeightLayout.Pack([("a", [200], true), ("b", [1], false), ("c", [128], true)]);
        Assert.That(layout.GroupOfBlocks(), Is.EqualTo(new byte[] { 0, 0, 1, 0 }));
    }

    [TestCase(64, "a multiple of 128")]
    [TestCase(0, "at least 128")]
    public void A_layout_that_is_not_on_blocks_or_overlaps_is_refused(int offset, string expected) =>
        Assert.That(
            () => new WeightLayout([new("a", 0, 100, true), new("b", offset, 10, true)]),
            Throws.ArgumentException.With.Message.Contains("Tensor 'b'").And.Message.Contains(expected));

    [Test]
    public void More_elements_than_a_span_holds_are_refused_by_name()
    {
        Assert.That(
            () => WeightLayout.Pack([("huge", [1 << 20, 1 << 20], true)]),
            Throws.ArgumentException.With.Message.Contains("Tensor 'huge' has shape [1048576, 1048576]"));
        Assert.That(
            () => WeightLayout.Pack([("a", [2_000_000_000], true), ("b", [2_000_000_000], true)]),
            Throws.ArgumentException.With.Message.Contains("Tensor 'b' brings the parameters to"));
    }

    [Test]
    public void A_map_marks_every_block_a_range_touches()
    {
        var map = new BlockMap(WeightLayout.Pack([("a", [128 * 6], true)]));
        map.Mark(127, 2);
        map.Mark(512, 128);
        map.Mark(700, 0);
        Assert.That(Enumerable.Range(0, map.Blocks).Where(b => map[b]), Is.EqualTo(new[] { 0, 1, 4 }));
        map.Clear();
        Assert.That(map.Marked, Is.Zero);
    }
}
