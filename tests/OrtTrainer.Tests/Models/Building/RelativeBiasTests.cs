using OrtTrainer.Models.Building;
using OrtTrainer.Tests.Models.Plain;

namespace OrtTrainer.Tests.Models.Building;

public sealed class RelativeBiasTests
{
    [Test]
    public void Distances_have_the_buckets_of_T5()
    {
        long[] rows = new RelativeBias("bias", Buckets: 32, Furthest: 128).Rows;

        Assert.That(rows, Has.Length.EqualTo(257));
        IEnumerable<int> distances = Enumerable.Range(-128, 257);
        Assert.That(rows, Is.EqualTo(distances.Select(distance => (long)PlainMPNet.Bucket(distance))));
    }

    // 16 rows for the distances up to 15 and, with 16 log(d / 16) / log(8), 16 more: 8^(1/16) times 16 is 18.2,
    // 8^(8/16) 45.3, 8^(15/16) 112.4.
    [TestCase(1, 0)]
    [TestCase(100, 0)]
    [TestCase(0, 0)]
    [TestCase(-1, 1)]
    [TestCase(-15, 15)]
    [TestCase(-16, 16)]
    [TestCase(-18, 16)]
    [TestCase(-19, 17)]
    [TestCase(-45, 23)]
    [TestCase(-46, 24)]
    [TestCase(-112, 30)]
    [TestCase(-113, 31)]
    [TestCase(-128, 31)]
    public void All_buckets_of_a_decoder_are_for_what_is_before(int distance, long bucket) => Assert.That(
        new RelativeBias("bias", Buckets: 32, Furthest: 128) { IsCausal = true }.Rows[distance + 128],
        Is.EqualTo(bucket));

    // 4 + ⌊4 log(d / 4) / log(5)⌋: 5^(k / 4) times 4 is 5.98, 8.94 and 13.37.
    [TestCase(0, 0)]
    [TestCase(-3, 3)]
    [TestCase(3, 11)]
    [TestCase(-5, 4)]
    [TestCase(-6, 5)]
    [TestCase(8, 13)]
    [TestCase(9, 14)]
    [TestCase(-13, 6)]
    [TestCase(-14, 7)]
    [TestCase(20, 15)]
    [TestCase(-20, 7)]
    public void Distances_that_are_no_powers_of_two_have_theirs(int distance, long bucket) =>
        Assert.That(new RelativeBias("bias", Buckets: 16, Furthest: 20).Rows[distance + 20], Is.EqualTo(bucket));
}
