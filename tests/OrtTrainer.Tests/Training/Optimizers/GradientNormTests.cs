using OrtTrainer.Models;
using OrtTrainer.Training.Optimizers;

namespace OrtTrainer.Tests.Training.Optimizers;

public class GradientNormTests
{
    [TestCase(0)]
    [TestCase(1)]
    [TestCase(15)]
    [TestCase(16)]
    [TestCase(17)]
    [TestCase(1023)]
    [TestCase(200_000)]
    public void The_norm_is_the_root_of_the_sum_of_squares(int length)
    {
        var layout = FlatParameters.Pack([("w", [length], true)]);
        using var loop = new ChunkedLoop(2);
        var gradients = FlatValues.Random(layout, length);
        var expected = Math.Sqrt(gradients.Sum(g => (double)g * g));
        Assert.That(new GradientNorm(layout, loop).Measure(gradients), Is.EqualTo(expected).Within(1e-12 * expected));
    }

    [Test]
    public void The_number_of_threads_does_not_change_a_bit([Values(2, 3, 7)] int threads)
    {
        var layout = FlatParameters.Pack([("w", [700_001], true)]);
        using var one = new ChunkedLoop(1);
        using var more = new ChunkedLoop(threads);
        var gradients = FlatValues.Random(layout, 5);
        Assert.That(
            new GradientNorm(layout, more).Measure(gradients),
            Is.EqualTo(new GradientNorm(layout, one).Measure(gradients)));
    }

    [Test]
    public void Blocks_known_to_be_zero_need_not_be_read()
    {
        var layout = FlatParameters.Pack([("table", [300 * FlatParameters.BlockLength], true)]);
        using var loop = new ChunkedLoop(2);
        var norm = new GradientNorm(layout, loop);
        var gradients = FlatValues.SparseRows(layout, 1, 0.2);
        var everything = norm.Measure(gradients);
        var found = norm.NonZero.Marked;

        var known = FlatValues.NonZeroBlocks(layout, gradients);
        Assert.That(norm.Measure(gradients, known), Is.EqualTo(everything));
        Assert.That(norm.NonZero.Marked, Is.EqualTo(found).And.EqualTo(known.Marked));
    }

    [Test]
    public void Tiny_and_huge_gradients_neither_vanish_nor_overflow()
    {
        var layout = FlatParameters.Pack([("w", [2], true)]);
        using var loop = new ChunkedLoop(1);
        var norm = new GradientNorm(layout, loop);
        var gradients = new float[layout.Length];
        gradients[0] = float.Epsilon;
        Assert.That(norm.Measure(gradients), Is.EqualTo((double)float.Epsilon));
        gradients[1] = float.MaxValue;
        Assert.That(norm.Measure(gradients), Is.EqualTo((double)float.MaxValue));
    }

    [Test]
    public void A_gradient_that_is_not_a_number_shows_in_the_norm_and_stops_the_clipping()
    {
        var layout = FlatParameters.Pack([("w", [200], true)]);
        using var loop = new ChunkedLoop(1);
        var gradients = FlatValues.Random(layout, 1);
        gradients[150] = float.NaN;
        var norm = new GradientNorm(layout, loop).Measure(gradients);
        Assert.That(norm, Is.NaN);
        Assert.That(GradientClipping.Coefficient(norm, 1), Is.NaN);
    }

    [TestCase(0.5, 1, 1)]
    [TestCase(4, 1, 1 / (4 + 1e-6))]
    [TestCase(0, 1, 1)]
    public void Clipping_only_ever_shortens(double norm, double maximum, double expected) =>
        Assert.That(GradientClipping.Coefficient(norm, maximum), Is.EqualTo(expected).Within(1e-15));

    [Test]
    public void A_maximum_of_zero_is_refused() =>
        Assert.That(() => GradientClipping.Coefficient(1, 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
}
