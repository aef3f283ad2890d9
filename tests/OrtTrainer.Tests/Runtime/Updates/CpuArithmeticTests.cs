using OrtTrainer.Randomness;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Updates;

namespace OrtTrainer.Tests.Runtime.Updates;

public sealed class CpuArithmeticTests
{
    private static readonly int[] Lengths = [0, 1, 7, 15, 16, 17, 31, 33, 1023];

    private static WeightArithmetic Arithmetic => Device.Named("cpu").Arithmetic;

    [TestCaseSource(nameof(Lengths))]
    public void A_product_is_that_of_a_plain_loop_in_float64(int length)
    {
        (float[] x, float[] y) = (Random(length, 1), Random(length, 2));
        using WeightBuffer a = ArrayPasses.Buffer(x), b = ArrayPasses.Buffer(y);

        double expected = x.Zip(y, (left, right) => (double)left * right).Sum();

        Assert.That(Arithmetic.Dot(a, b), Is.EqualTo(expected).Within(1e-12));
        Assert.That(Arithmetic.Norm(a), Is.EqualTo(Math.Sqrt(x.Sum(v => (double)v * v))).Within(1e-12));
    }

    [Test]
    public void Small_terms_beside_large_ones_are_not_lost()
    {
        // In float32 each of the ones would be rounded away: 2^24 + 1 is no float.
        using WeightBuffer x = ArrayPasses.Buffer([4096, .. Enumerable.Repeat(1f, 1000)]);

        Assert.That(Arithmetic.Dot(x, x), Is.EqualTo((1 << 24) + 1000));
    }

    [TestCaseSource(nameof(Lengths))]
    public void A_move_adds_a_multiple_and_may_overwrite_its_start(int length)
    {
        (float[] from, float[] way) = (Random(length, 3), Random(length, 4));
        float[] expected = [.. from.Zip(way, (a, b) => (float)(a + (-0.25 * b)))];
        using WeightBuffer start = ArrayPasses.Buffer(from), direction = ArrayPasses.Buffer(way);
        using WeightBuffer moved = new(Device.Default, length);

        Arithmetic.Move(start, -0.25, direction, moved);
        Arithmetic.Move(start, -0.25, direction, start);

        Assert.That(moved.ToArray(), Is.EqualTo(expected).Within(1e-6));
        Assert.That(start.ToArray(), Is.EqualTo(moved.ToArray()));
    }

    [TestCaseSource(nameof(Lengths))]
    public void Sums_differences_and_products_are_element_by_element(int length)
    {
        (float[] x, float[] y) = (Random(length, 5), Random(length, 6));
        using WeightBuffer a = ArrayPasses.Buffer(x), b = ArrayPasses.Buffer(y);
        using WeightBuffer result = new(Device.Default, length);

        Arithmetic.Add(a, b, result);
        Assert.That(result.ToArray(), Is.EqualTo(x.Zip(y, (left, right) => left + right)));
        Arithmetic.Subtract(a, b, result);
        Assert.That(result.ToArray(), Is.EqualTo(x.Zip(y, (left, right) => left - right)));
        Arithmetic.Multiply(a, b, result);
        Assert.That(result.ToArray(), Is.EqualTo(x.Zip(y, (left, right) => left * right)));
        Arithmetic.Scale(a, 0.5f);
        Assert.That(a.ToArray(), Is.EqualTo(x.Select(value => value / 2)));
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(15)]
    [TestCase(16)]
    [TestCase(17)]
    [TestCase(1023)]
    public void Every_length_blends_as_the_scalar_formula(int length)
    {
        (float[] weights, float[] average) = (Random(length, 7), Random(length, 8));
        using WeightBuffer from = ArrayPasses.Buffer(weights), to = ArrayPasses.Buffer(average);

        Arithmetic.Blend(from, to, 0.3f);

        Assert.That(
            to.ToArray(), Is.EqualTo(average.Zip(weights, (a, w) => MathF.FusedMultiplyAdd(0.3f, w - a, a))));
    }

    [Test]
    public void A_share_of_1_copies_whatever_was_there()
    {
        using WeightBuffer weights = ArrayPasses.Buffer(1, 2), average = ArrayPasses.Buffer(float.NaN, 7);

        Arithmetic.Blend(weights, average, 1);

        Assert.That(average.ToArray(), Is.EqualTo(new[] { 1f, 2 }));
    }

    [TestCaseSource(nameof(Lengths))]
    public void A_mean_is_that_of_float64(int length)
    {
        float[][] values = [Random(length, 9), Random(length, 10), Random(length, 11)];
        WeightBuffer[] buffers = [.. values.Select(v => ArrayPasses.Buffer(v))];
        using WeightBuffer mean = new(Device.Default, length);

        Arithmetic.Mean(buffers, mean);

        Assert.That(mean.ToArray(), Is.EqualTo(
            Enumerable.Range(0, length)
                .Select(i => (float)(((double)values[0][i] + values[1][i] + values[2][i]) / 3))));
        Array.ForEach(buffers, buffer => buffer.Dispose());
    }

    [Test]
    public void A_mean_of_nothing_is_refused()
    {
        using WeightBuffer mean = new(Device.Default, 1);

        Assert.That(() => Arithmetic.Mean([], mean), Throws.ArgumentException.With.Message.Contains("no weights"));
    }

    [Test]
    public void A_normalized_vector_has_length_1_and_tells_the_one_it_had()
    {
        using WeightBuffer x = ArrayPasses.Buffer(3, 0, -4);

        Assert.That(Arithmetic.Normalize(x), Is.EqualTo(5));
        Assert.That(x.ToArray(), Is.EqualTo(new[] { 0.6f, 0, -0.8f }).Within(1e-7));
    }

    [Test]
    public void Zero_stays_zero()
    {
        using WeightBuffer x = new(Device.Default, 20);

        Assert.That(Arithmetic.Normalize(x), Is.Zero);
        Assert.That(x.ToArray(), Is.All.Zero);
    }

    [Test]
    public void Other_lengths_are_refused_by_every_pass()
    {
        using WeightBuffer three = new(Device.Default, 3), four = new(Device.Default, 4);
        Action[] passes =
        [
            () => Arithmetic.Dot(three, four),
            () => Arithmetic.Blend(three, four, 0.5f),
            () => Arithmetic.Mean([three], four),
            () => Arithmetic.AddMoments(three, four, four, 1),
            () => Arithmetic.Variance(three, 1, 0, four),
            () => Arithmetic.Add(three, three, four),
            () => Arithmetic.Subtract(three, four, three),
            () => Arithmetic.Multiply(four, three, three),
            () => Arithmetic.Move(three, 1, three, four),
        ];

        foreach (Action pass in passes)
        {
            Assert.That(pass, Throws.ArgumentException.With.Message.Contains("3").And.Message.Contains("4"));
        }
    }

    private static float[] Random(int length, ulong seed)
    {
        SeededRandom random = new(seed);
        return [.. Enumerable.Range(0, length).Select(_ => (float)random.NextGaussian())];
    }
}
