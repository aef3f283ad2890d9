using OrtTrainer.Models.Building;

namespace OrtTrainer.Tests.Models.Building;

/// <summary>Rows of relative positions, at the sizes of DeBERTa version 3 and at small ones.</summary>
public sealed class RelativeDistancesTests
{
    [Test]
    public void Without_buckets_every_distance_within_the_span_has_its_own_row() => Assert.That(
        RelativeDistances.Logarithmic(positions: 5, span: 3, buckets: 0, greatest: 3).Rows,
        Is.EqualTo(new long[] { 0, 0, 1, 2, 3, 4, 5, 5, 5 }));

    // Half of the buckets, 128, for distances up to 128, and the other half up to 511 by logarithm.
    [TestCase(0, 256)]
    [TestCase(1, 257)]
    [TestCase(-1, 255)]
    [TestCase(128, 384)]
    [TestCase(-128, 128)]
    [TestCase(129, 385)]
    [TestCase(130, 386)]
    [TestCase(256, 448)]
    [TestCase(-256, 64)]
    [TestCase(511, 511)]
    [TestCase(-511, 1)]
    public void Distant_ones_share_rows_by_their_logarithm(int distance, int row) => Assert.That(
        RelativeDistances.Logarithmic(positions: 512, span: 256, buckets: 256, greatest: 512).Rows[distance + 511],
        Is.EqualTo(row));

    [Test]
    public void Rows_grow_with_the_distance()
    {
        IReadOnlyList<long> rows =
            RelativeDistances.Logarithmic(positions: 700, span: 256, buckets: 256, greatest: 512).Rows;

        Assert.That(rows, Is.Ordered.Ascending);
        Assert.That((rows[0], rows[^1]), Is.EqualTo((0L, 511L)));
    }
}
