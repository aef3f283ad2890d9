using OrtTrainer.Randomness;
using OrtTrainer.Studies.Flatness;

namespace OrtTrainer.Tests.Studies.Flatness;

public sealed class FlatVectorsTests
{
    private static readonly int[] Lengths = [0, 1, 7, 15, 16, 17, 31, 33, 1023];

    [TestCaseSource(nameof(Lengths))]
    public void A_product_is_that_of_a_plain_loop_in_float64(int length)
    {
        (float[] x, float[] y) = (Random(length, 1), Random(length, 2));

        double expected = x.Zip(y, (a, b) => (double)a * b).Sum();

        Assert.That(FlatVectors.Dot(x, y), Is.EqualTo(expected).Within(1e-12));
        Assert.That(FlatVectors.Norm(x), Is.EqualTo(Math.Sqrt(x.Sum(a => (double)a * a))).Within(1e-12));
    }

    [Test]
    public void Small_terms_beside_large_ones_are_not_lost()
    {
        // In float32 each of the ones would be rounded away: 2^24 + 1 is no float.
        float[] x = [4096, .. Enumerable.Repeat(1f, 1000)];

        Assert.That(FlatVectors.Dot(x, x), Is.EqualTo((1 << 24) + 1000));
    }

    [TestCaseSource(nameof(Lengths))]
    public void A_move_adds_a_multiple_and_may_overwrite_its_start(int length)
    {
        (float[] start, float[] direction) = (Random(length, 3), Random(length, 4));
        float[] expected = [.. start.Zip(direction, (a, b) => (float)(a + (-0.25 * b)))];

        float[] moved = new float[length];
        FlatVectors.Move(start, -0.25, direction, moved);
        FlatVectors.Move(start, -0.25, direction, start);

        Assert.That(moved, Is.EqualTo(expected).Within(1e-6));
        Assert.That(start, Is.EqualTo(moved));
    }

    [Test]
    public void A_normalised_vector_has_length_1_and_tells_the_one_it_had()
    {
        float[] x = [3, 0, -4];

        Assert.That(FlatVectors.Normalize(x), Is.EqualTo(5));
        Assert.That(x, Is.EqualTo(new[] { 0.6f, 0, -0.8f }).Within(1e-7));
    }

    [Test]
    public void Zero_stays_zero()
    {
        float[] x = new float[20];

        Assert.That(FlatVectors.Normalize(x), Is.Zero);
        Assert.That(x, Is.All.Zero);
    }

    [Test]
    public void Vectors_of_other_lengths_are_refused() =>
        Assert.That(() => FlatVectors.Dot(new float[3], new float[4]),
            Throws.ArgumentException.With.Message.Contains("3").And.Message.Contains("4"));

    private static float[] Random(int length, ulong seed)
    {
        SeededRandom random = new(seed);
        return [.. Enumerable.Range(0, length).Select(_ => (float)random.NextGaussian())];
    }
}
