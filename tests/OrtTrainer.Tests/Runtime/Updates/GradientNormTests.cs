using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Cpu.Updates;
using OrtTrainer.Runtime.Updates;

namespace OrtTrainer.Tests.Runtime.Updates;

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
        var layout = WeightLayout.Pack([("w", [length], true)]);
        using var loop = new ChunkedLoop(2);
        var gradients = FlatValues.Random(layout, length);
        var expected = Math.Sqrt(gradients.Sum(g => (double)g * g));
        Assert.That(
            new CpuGradientNorm(layout, loop).Measure(gradients), Is.EqualTo(expected).Within(1e-12 * expected));
    }

    [Test]
    public void The_number_of_threads_does_not_change_a_bit([Values(2, 3, 7)] int threads)
    {
        var layout = WeightLayout.Pack([("w", [700_001], true)]);
        using var one = new ChunkedLoop(1);
        using var more = new ChunkedLoop(threads);
        var gradients = FlatValues.Random(layout, 5);
        Assert.That(
            new CpuGradientNorm(layout, more).Measure(gradients),
            Is.EqualTo(new CpuGradientNorm(layout, one).Measure(gradients)));
    }

    [Test]
    public void Blocks_that_are_not_zero_are_noted()
    {
        var layout = WeightLayout.Pack([("table", [300 * WeightLayout.BlockLength], true)]);
        using var loop = new ChunkedLoop(2);
        var norm = new CpuGradientNorm(layout, loop);
        var gradients = FlatValues.SparseRows(layout, 1, 0.2);

        norm.Measure(gradients);

        var expected = FlatValues.NonZeroBlocks(layout, gradients);
        Assert.That(
            Enumerable.Range(0, layout.Blocks).Select(block => norm.NonZero[block]),
            Is.EqualTo(Enumerable.Range(0, layout.Blocks).Select(block => expected[block])));
    }

    [Test]
    public void Blocks_known_to_be_zero_are_not_read_and_change_no_bit()
    {
        var layout = WeightLayout.Pack([("table", [1300 * WeightLayout.BlockLength], true)]);
        using var loop = new ChunkedLoop(2);
        var (whole, part) = (new CpuGradientNorm(layout, loop), new CpuGradientNorm(layout, loop));
        var gradients = FlatValues.SparseRows(layout, 1, 0.05);
        var written = FlatValues.NonZeroBlocks(layout, gradients);
        written[7] = true;
        var expected = whole.Measure(gradients);
        var spoilt = gradients.ToArray();
        spoilt.AsSpan(BlockOf(spoilt, written) * WeightLayout.BlockLength, WeightLayout.BlockLength).Fill(float.NaN);
        using WeightBuffer buffer = ArrayPasses.Buffer(spoilt);

        Assert.That(part.Measure(buffer, written), Is.EqualTo(expected));

        Assert.That(
            Enumerable.Range(0, layout.Blocks).Select(block => part.NonZero[block]),
            Is.EqualTo(Enumerable.Range(0, layout.Blocks).Select(block => whole.NonZero[block])));
        Assert.That(
            () => part.Measure(buffer, new BlockMap(WeightLayout.Pack([("w", [1], true)]))),
            Throws.ArgumentException.With.Message.Contains("1 blocks, the layout 1300"));

        static int BlockOf(float[] values, BlockMap written) =>
            Enumerable.Range(0, written.Blocks).First(block => !written[block]);
    }

    [Test]
    public void Tiny_and_huge_gradients_neither_vanish_nor_overflow()
    {
        var layout = WeightLayout.Pack([("w", [2], true)]);
        using var loop = new ChunkedLoop(1);
        var norm = new CpuGradientNorm(layout, loop);
        var gradients = new float[layout.Length];
        gradients[0] = float.Epsilon;
        Assert.That(norm.Measure(gradients), Is.EqualTo((double)float.Epsilon));
        gradients[1] = float.MaxValue;
        Assert.That(norm.Measure(gradients), Is.EqualTo((double)float.MaxValue));
    }

    [Test]
    public void A_gradient_that_is_not_a_number_shows_in_the_norm_and_stops_the_clipping()
    {
        var layout = WeightLayout.Pack([("w", [200], true)]);
        using var loop = new ChunkedLoop(1);
        var gradients = FlatValues.Random(layout, 1);
        gradients[150] = float.NaN;
        var norm = new CpuGradientNorm(layout, loop).Measure(gradients);
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
