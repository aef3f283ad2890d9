using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Updates;
using OrtTrainer.Tests.Runtime.Updates;

namespace OrtTrainer.Tests.Runtime.Cuda;

/// <summary>Updates of a device's kernels against those of the processors.</summary>
[NonParallelizable]
public sealed class KernelUpdatesTests
{
    private const double Tolerance = 1e-5;

    private static readonly WeightLayout Layout = new(
    [
        .. Pack((1, true), (15, false), (16, true), (17, true), (1023, false), (4096, true)).Segments.Select(
            (segment, i) => segment with { RateScale = i == 3 ? 0.25 : 1 }),
    ]);

    private readonly List<IDisposable> _made = [];

    private static IEnumerable<OptimizerOptions> Optimizers() =>
    [
        new AdamWOptions(),
        new AdamWOptions { WeightDecay = 0.3, DecoupledDecay = false, Beta1 = 0.8, Beta2 = 0.95, Epsilon = 1e-6 },
        new SgdOptions { WeightDecay = 0.1 },
        new SgdOptions { Momentum = 0.9, WeightDecay = 0.01 },
        new SgdOptions { Momentum = 0.9, Nesterov = true },
    ];

    [TearDown]
    public void DisposeAll()
    {
        _made.ForEach(one => one.Dispose());
        _made.Clear();
    }

    [TestCaseSource(nameof(Optimizers))]
    public void Steps_with_clipping_and_an_average_are_those_of_the_processors(OptimizerOptions options)
    {
        float[][] expected = Steps(Device.Default, options), actual = Steps(SimulatedDevice.Instance, options);

        Assert.That(actual, Has.Length.EqualTo(expected.Length));
        for (int i = 0; i < expected.Length; i++)
        {
            AssertNear(actual[i], expected[i], $"{i}");
        }
    }

    [Test]
    public void A_norm_is_that_of_the_processors_and_the_same_every_time()
    {
        float[] gradients = FlatValues.Random(Layout, 3);
        WeightUpdates host = Updates(Device.Default), device = Updates(SimulatedDevice.Instance);
        WeightBuffer buffer = Buffer(SimulatedDevice.Instance, gradients);
        GradientNorm norm = device.CreateNorm(Layout);

        double actual = norm.Measure(buffer);

        Assert.That(actual, Is.EqualTo(host.CreateNorm(Layout).Measure(Buffer(Device.Default, gradients)))
            .Within(1e-12).Percent);
        Assert.That(norm.Measure(buffer), Is.EqualTo(actual));
        Assert.That(norm.NonZero, Is.Null);
    }

    [Test]
    public void A_norm_of_what_is_no_number_is_none()
    {
        float[] gradients = FlatValues.Random(Layout, 3);
        gradients[Layout.Segments[4].Offset + 1000] = float.NaN;

        Assert.That(Updates(SimulatedDevice.Instance).CreateNorm(Layout).Measure(
            Buffer(SimulatedDevice.Instance, gradients)), Is.NaN);
    }

    [TestCase(null)]
    [TestCase(0.01)]
    public void The_way_up_is_that_of_the_processors_and_ends_where_it_began(double? eta)
    {
        float[] weights = FlatValues.Random(Layout, 1), gradients = FlatValues.Random(Layout, 2);
        float[] expected = Climbed(Device.Default), actual = Climbed(SimulatedDevice.Instance);

        AssertNear(actual, expected, "up");

        float[] Climbed(Device device)
        {
            WeightAscent ascent = Made(Updates(device).CreateAscent(Layout, 0.05, eta));
            WeightBuffer buffer = Buffer(device, weights);
            ascent.Climb(buffer, Buffer(device, gradients));
            float[] up = buffer.Read(0, Layout.Length);
            ascent.Return(buffer);
            Assert.That(buffer.Read(0, Layout.Length), Is.EqualTo(weights));
            return up;
        }
    }

    [Test]
    public void Mixout_has_the_masks_of_the_processors()
    {
        float[] first = FlatValues.Random(Layout, 1), weights = FlatValues.Random(Layout, 2);
        float[] gradients = FlatValues.Random(Layout, 3);
        (float[] expected, float[] expectedGradients) = Mixed(Device.Default);
        (float[] actual, float[] actualGradients) = Mixed(SimulatedDevice.Instance);

        AssertNear(actual, expected, "weights");
        Assert.That(actualGradients, Is.EqualTo(expectedGradients));
        Assert.That(actualGradients.Count(value => value == 0), Is.GreaterThan(gradients.Count(value => value == 0)));

        (float[] Weights, float[] Gradients) Mixed(Device device)
        {
            WeightMix mix = Made(Updates(device).CreateMix(
                Layout, Buffer(device, first), 0.4, segment => segment.Length > 16));
            WeightBuffer buffer = Buffer(device, weights), slope = Buffer(device, gradients);
            mix.Mix(buffer, 0x123456789abcdef0);
            float[] mixed = buffer.Read(0, Layout.Length);
            mix.Unmix(buffer, slope);
            Assert.That(buffer.Read(0, Layout.Length), Is.EqualTo(weights));
            return (mixed, slope.Read(0, Layout.Length));
        }
    }

    [Test]
    public void Rows_are_added_up_in_their_order_and_cleared_again()
    {
        WeightLayout layout = WeightLayout.Pack([("a", [3], false), ("table", [9, 100], false)]);
        WeightSegment table = layout.Segments[1];
        long[][] steps = [[3, 0, 3, 8, 3], [0, 1], [], [5, 5]];

        foreach (bool isShared in new[] { false, true })
        {
            (float[][] expected, bool[][] marks) = Added(Device.Default, isShared);
            (float[][] actual, bool[][] actualMarks) = Added(SimulatedDevice.Instance, isShared);
            Assert.That(actual, Is.EqualTo(expected));
            Assert.That(actualMarks, Is.EqualTo(marks));
        }

        (float[][] Values, bool[][] Marks) Added(Device device, bool isShared)
        {
            WeightBuffer gradients = Made(new WeightBuffer(device, layout.Length));
            BlockMap written = new(layout);
            using TableGradient rows = device.CreateTableGradient(gradients, table, written);
            List<float[]> values = [];
            List<bool[]> marks = [];
            Random random = new(4);
            foreach (long[] step in steps)
            {
                float[] picked = [.. Enumerable.Range(0, step.Length * 100).Select(_ => random.NextSingle() - 0.5f)];
                rows.Picked(step.Length).Write(0, picked);
                if (isShared)
                {
                    rows.AddOnto(step);
                }
                else
                {
                    rows.Add(step);
                }

                values.Add(gradients.Read(0, layout.Length));
                marks.Add([.. Enumerable.Range(0, layout.Blocks).Select(block => written[block])]);
            }

            return ([.. values], [.. marks]);
        }
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(15)]
    [TestCase(16)]
    [TestCase(17)]
    [TestCase(1023)]
    public void Arithmetic_of_buffers_is_that_of_the_processors(int length)
    {
        float[][] expected = Computed(Device.Default, length, out double[] numbers);
        float[][] actual = Computed(SimulatedDevice.Instance, length, out double[] otherNumbers);

        for (int i = 0; i < expected.Length; i++)
        {
            AssertNear(actual[i], expected[i], $"{i}");
        }

        Assert.That(otherNumbers, Is.EqualTo(numbers).Within(1e-9));
    }

    [Test]
    public void What_is_not_built_is_refused_in_words() => Assert.That(
        () => Updates(SimulatedDevice.Instance).CreateAdafactor(Layout, new AdafactorOptions()),
        Throws.InstanceOf<DeviceException>().With.Message.EqualTo(
            "simulated: the optimizer adafactor is built for the processors alone. Take adamw or sgd, or leave "
            + "--device out."));

    private static WeightLayout Pack(params (int Length, bool Decays)[] tensors) => WeightLayout.Pack(
        tensors.Select((tensor, i) => ($"t{i}", (IReadOnlyList<long>)[tensor.Length], tensor.Decays)));

    private float[][] Steps(Device device, OptimizerOptions options)
    {
        Optimizer optimizer = Made(options.Create(Updates(device), Layout));
        WeightBuffer weights = Buffer(device, FlatValues.Random(Layout, 1));
        WeightBuffer average = Made(new WeightBuffer(device, Layout.Length));
        for (int step = 0; step < 5; step++)
        {
            optimizer.Step(new StepInputs
            {
                Parameters = weights,
                Gradients = Buffer(device, FlatValues.Random(Layout, 10 + step)),
                LearningRate = 0.01,
                GradientScale = 0.5,
                Average = step == 0 ? null : average,
                AverageWeight = step <= 1 ? 1 : 1.0 / step,
            });
        }

        return
        [
            weights.Read(0, Layout.Length), average.Read(0, Layout.Length),
            .. optimizer.States.Select(state => state.Values.Read(0, Layout.Length)),
        ];
    }

    private float[][] Computed(Device device, int length, out double[] numbers)
    {
        WeightArithmetic arithmetic = device.Arithmetic;
        WeightBuffer[] x = [.. Enumerable.Range(0, 4).Select(i => Buffer(device, Values(length, i)))];
        WeightBuffer[] results = [.. Enumerable.Range(0, 9).Select(_ => Made(new WeightBuffer(device, length)))];
        results[0].CopyFrom(x[1]);
        arithmetic.Blend(x[0], results[0], 0.3f);
        arithmetic.Blend(x[0], results[1], 1);
        arithmetic.Mean(x, results[2]);
        arithmetic.AddMoments(x[0], results[3], results[4], 1);
        arithmetic.AddMoments(x[1], results[3], results[4], 2);
        arithmetic.AddMoments(x[2], results[3], results[4], 3);
        arithmetic.Variance(results[4], 3, 1e-3, results[5]);
        arithmetic.Add(x[0], x[1], results[6]);
        arithmetic.Multiply(results[6], x[2], results[6]);
        arithmetic.Subtract(results[6], x[3], results[7]);
        arithmetic.Move(x[0], -0.7, x[1], results[8]);
        arithmetic.Scale(results[8], 3);
        numbers = [arithmetic.Dot(x[0], x[1]), arithmetic.Normalize(results[7]), arithmetic.Norm(results[7])];
        return [.. results.Select(result => result.Read(0, length))];
    }

    private static float[] Values(int length, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, length).Select(_ => (random.NextSingle() * 2) - 1)];
    }

    private static void AssertNear(float[] actual, float[] expected, string what)
    {
        Assert.That(actual, Has.Length.EqualTo(expected.Length), what);
        for (int i = 0; i < actual.Length; i++)
        {
            double room = Tolerance * Math.Max(0.02, Math.Abs(expected[i]));
            if (!(Math.Abs((double)actual[i] - expected[i]) <= room))
            {
                Assert.Fail($"{what}: element {i} is {actual[i]}, expected {expected[i]}.");
            }
        }
    }

    private WeightUpdates Updates(Device device) => Made(device.CreateUpdates(threads: 1));

    private WeightBuffer Buffer(Device device, float[] values)
    {
        WeightBuffer buffer = Made(new WeightBuffer(device, values.Length));
        buffer.Write(0, values);
        return buffer;
    }

    private T Made<T>(T one)
        where T : IDisposable
    {
        _made.Insert(0, one);
        return one;
    }
}
