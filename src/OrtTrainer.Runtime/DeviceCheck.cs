using OrtTrainer.Runtime.Updates;

namespace OrtTrainer.Runtime;

/// <summary>How far a device's result is from that of the processors.</summary>
/// <param name="Name">What was computed.</param>
/// <param name="Largest">The largest difference of a number, as a share of the largest number.</param>
/// <param name="Allowed">The largest that rounding explains.</param>
public sealed record DeviceDifference(string Name, double Largest, double Allowed)
{
    /// <summary>Whether rounding explains it; never where a result is no number.</summary>
    public bool IsFine => Largest <= Allowed;
}

/// <summary>
/// Computes every update of weights on a device and on the processors, for a machine whose device no test has seen.
/// </summary>
public static class DeviceCheck
{
    // A few roundings of float32 and what AdamW makes of them.
    private const double Allowed = 1e-5;

    private static readonly WeightLayout Layout = WeightLayout.Pack(
    [
        ("bias", [1], false), ("odd", [1023], true), ("table", [500, 100], false), ("matrix", [1000, 384], true),
    ]);

    /// <summary>All comparisons, one after the other.</summary>
    /// <param name="device">The device.</param>
    /// <exception cref="DeviceException">It fails.</exception>
    public static IEnumerable<DeviceDifference> Run(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        foreach ((string name, Func<Device, float[]> compute) in Computations())
        {
            yield return new DeviceDifference(name, Difference(compute(device), compute(Device.Default)), Allowed);
        }
    }

    private static IEnumerable<(string Name, Func<Device, float[]> Compute)> Computations() =>
    [
        ("copies", Copied),
        ("gradient norm", Norm),
        ("adamw", device => Stepped(device, new AdamWOptions { WeightDecay = 0.1 })),
        ("adam", device => Stepped(device, new AdamWOptions { WeightDecay = 0.1, DecoupledDecay = false })),
        ("sgd", device => Stepped(device, new SgdOptions { WeightDecay = 0.1 })),
        ("sgd, nesterov", device => Stepped(device, new SgdOptions { Momentum = 0.9, Nesterov = true })),
        ("sam", device => Climbed(device, eta: null)),
        ("asam", device => Climbed(device, eta: 0.01)),
        ("mixout", Mixed),
        ("table gradient", TableRows),
        ("mean and moments", Averaged),
        ("sums and products", Combined),
    ];

    private static float[] Copied(Device device)
    {
        using WeightBuffer one = Filled(device, 1), other = new(device, Layout.Length);
        other.CopyFrom(one);
        one.Clear();
        return [.. other.Read(0, Layout.Length), .. one.Read(0, Layout.Length)];
    }

    private static float[] Norm(Device device)
    {
        using WeightUpdates updates = device.CreateUpdates(threads: 1);
        using WeightBuffer gradients = Filled(device, 1);
        return [(float)updates.CreateNorm(Layout).Measure(gradients)];
    }

    private static float[] Stepped(Device device, OptimizerOptions options)
    {
        using WeightUpdates updates = device.CreateUpdates(threads: 1);
        using Optimizer optimizer = options.Create(updates, Layout);
        using WeightBuffer weights = Filled(device, 1), average = new(device, Layout.Length);
        for (int step = 0; step < 4; step++)
        {
            using WeightBuffer gradients = Filled(device, 10 + step);
            optimizer.Step(new StepInputs
            {
                Parameters = weights, Gradients = gradients, LearningRate = 0.01, GradientScale = 0.5,
                Average = average, AverageWeight = 1.0 / (step + 1),
            });
        }

        return [.. weights.Read(0, Layout.Length), .. average.Read(0, Layout.Length)];
    }

    private static float[] Climbed(Device device, double? eta)
    {
        using WeightUpdates updates = device.CreateUpdates(threads: 1);
        using WeightAscent ascent = updates.CreateAscent(Layout, 0.05, eta);
        using WeightBuffer weights = Filled(device, 1), gradients = Filled(device, 2);
        ascent.Climb(weights, gradients);
        float[] up = weights.Read(0, Layout.Length);
        ascent.Return(weights);
        return [.. up, .. weights.Read(0, Layout.Length)];
    }

    private static float[] Mixed(Device device)
    {
        using WeightUpdates updates = device.CreateUpdates(threads: 1);
        using WeightBuffer first = Filled(device, 1), weights = Filled(device, 2), gradients = Filled(device, 3);
        using WeightMix mix = updates.CreateMix(Layout, first, 0.3, segment => segment.HasWeightDecay);
        mix.Mix(weights, 0x123456789abcdef0);
        float[] mixed = weights.Read(0, Layout.Length);
        mix.Unmix(weights, gradients);
        return [.. mixed, .. weights.Read(0, Layout.Length), .. gradients.Read(0, Layout.Length)];
    }

    private static float[] TableRows(Device device)
    {
        WeightSegment table = Layout.Segments[2];
        using WeightBuffer gradients = new(device, Layout.Length);
        using TableGradient rows = device.CreateTableGradient(gradients, table, new BlockMap(Layout));
        Random random = new(1);
        for (int step = 0; step < 2; step++)
        {
            long[] picks = [.. Enumerable.Range(0, 300).Select(_ => (long)random.Next(100))];
            rows.Picked(picks.Length).Write(0, Values(picks.Length * table.Columns, step));
            rows.Add(picks);
        }

        return gradients.Read(0, Layout.Length);
    }

    private static float[] Averaged(Device device)
    {
        using WeightBuffer x = Filled(device, 1), y = Filled(device, 2), z = Filled(device, 3);
        using WeightBuffer mean = new(device, Layout.Length), moment = new(device, Layout.Length);
        using WeightBuffer deviations = new(device, Layout.Length), variance = new(device, Layout.Length);
        device.Arithmetic.Mean([x, y, z], mean);
        int count = 0;
        foreach (WeightBuffer one in new[] { x, y, z })
        {
            device.Arithmetic.AddMoments(one, moment, deviations, ++count);
        }

        device.Arithmetic.Variance(deviations, count, 1e-3, variance);
        return
        [
            .. mean.Read(0, Layout.Length), .. moment.Read(0, Layout.Length), .. variance.Read(0, Layout.Length),
        ];
    }

    private static float[] Combined(Device device)
    {
        WeightArithmetic arithmetic = device.Arithmetic;
        using WeightBuffer x = Filled(device, 1), y = Filled(device, 2), result = new(device, Layout.Length);
        arithmetic.Add(x, y, result);
        arithmetic.Multiply(result, x, result);
        arithmetic.Subtract(result, y, result);
        arithmetic.Move(result, 0.3, x, result);
        arithmetic.Blend(y, result, 0.25f);
        arithmetic.Scale(result, 3);
        return [.. result.Read(0, Layout.Length), (float)(arithmetic.Dot(x, x) / Layout.Length)];
    }

    private static WeightBuffer Filled(Device device, int seed)
    {
        WeightBuffer buffer = new(device, Layout.Length);
        foreach (WeightSegment segment in Layout.Segments)
        {
            buffer.Write(segment.Offset, Values(segment.Length, seed + segment.Offset));
        }

        return buffer;
    }

    private static float[] Values(int length, int seed)
    {
        Random random = new(seed);
        float[] values = new float[length];
        foreach (ref float value in values.AsSpan())
        {
            value = (random.NextSingle() * 2) - 1;
        }

        return values;
    }

    private static double Difference(float[] actual, float[] expected)
    {
        double largest = 0, apart = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            double difference = Math.Abs((double)actual[i] - expected[i]);
            largest = Math.Max(largest, Math.Abs(expected[i]));
            apart = double.IsNaN(difference) ? double.MaxValue : Math.Max(apart, difference);
        }

        return largest > 0 ? apart / largest : apart;
    }
}
