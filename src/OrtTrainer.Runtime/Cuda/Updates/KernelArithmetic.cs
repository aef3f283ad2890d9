using ILGPU;
using ILGPU.Algorithms;
using OrtTrainer.Runtime.Cuda.Launching;
using OrtTrainer.Runtime.Updates;

namespace OrtTrainer.Runtime.Cuda.Updates;

/// <summary>One kernel over the elements each.</summary>
/// <param name="device">Where all buffers lie.</param>
internal sealed partial class KernelArithmetic(KernelDevice device) : WeightArithmetic
{
    private static readonly DeviceKernel Blending = new(BlendInto);
    private static readonly DeviceKernel Accumulating = new(AddTo);
    private static readonly DeviceKernel Dividing = new(Divide);
    private static readonly DeviceKernel Moments = new(TakeIn);
    private static readonly DeviceKernel Variances = new(DivideAtLeast);
    private static readonly DeviceKernel Adding = new(AddValues);
    private static readonly DeviceKernel Subtracting = new(SubtractValues);
    private static readonly DeviceKernel Multiplying = new(MultiplyValues);
    private static readonly DeviceKernel Scaling = new(ScaleValues);
    private static readonly DeviceKernel Moving = new(MoveValues);
    private static readonly DeviceKernel Products = new(SumOfProducts);

    public override void Blend(WeightBuffer weights, WeightBuffer average, float share)
    {
        RequireLength(weights, average.Length);
        device.Run(Blending, average.Length, weights.View(), average.View(), share);
    }

    public override void Mean(IReadOnlyList<WeightBuffer> weights, WeightBuffer mean)
    {
        if (weights.Count == 0)
        {
            throw new ArgumentException("There is no mean of no weights.", nameof(weights));
        }

        using DeviceArray<double> sums = new(device);
        sums.Resize(checked((int)mean.Length));
        for (int i = 0; i < weights.Count; i++)
        {
            RequireLength(weights[i], mean.Length);
            device.Run(Accumulating, mean.Length, weights[i].View(), sums.View(), i);
        }

        device.Run(Dividing, mean.Length, sums.View(), mean.View(), weights.Count);
    }

    public override void AddMoments(WeightBuffer weights, WeightBuffer mean, WeightBuffer deviations, long count)
    {
        RequireLength(weights, mean.Length);
        RequireLength(deviations, mean.Length);
        device.Run(Moments, mean.Length, weights.View(), mean.View(), deviations.View(), count);
    }

    public override void Variance(WeightBuffer deviations, long count, double floor, WeightBuffer variance)
    {
        RequireLength(deviations, variance.Length);
        device.Run(Variances, variance.Length, deviations.View(), variance.View(), count, floor);
    }

    public override void Add(WeightBuffer x, WeightBuffer y, WeightBuffer result) => Run(Adding, x, y, result);

    public override void Subtract(WeightBuffer x, WeightBuffer y, WeightBuffer result) =>
        Run(Subtracting, x, y, result);

    public override void Multiply(WeightBuffer x, WeightBuffer y, WeightBuffer result) =>
        Run(Multiplying, x, y, result);

    public override void Scale(WeightBuffer x, float factor) => device.Run(Scaling, x.Length, x.View(), factor);

    public override void Move(WeightBuffer start, double scale, WeightBuffer direction, WeightBuffer result)
    {
        RequireLength(start, result.Length);
        RequireLength(direction, result.Length);
        device.Run(Moving, result.Length, start.View(), direction.View(), result.View(), (float)scale);
    }

    public override double Dot(WeightBuffer x, WeightBuffer y)
    {
        RequireLength(x, y.Length);
        using KernelSum sum = new(device);
        return sum.Run(Products, x.Length, x.View(), y.View());
    }

    internal static void BlendInto(ArrayView<float> weights, ArrayView<float> average, float share)
    {
        for (long i = Elements.First(); i < average.Length; i += Elements.Stride())
        {
            average[i] = KernelAverage.Blend(average[i], weights[i], share);
        }
    }

    internal static void AddTo(ArrayView<float> values, ArrayView<double> sums, int before)
    {
        for (long i = Elements.First(); i < values.Length; i += Elements.Stride())
        {
            sums[i] = before == 0 ? values[i] : sums[i] + values[i];
        }
    }

    internal static void Divide(ArrayView<double> sums, ArrayView<float> means, int count)
    {
        for (long i = Elements.First(); i < means.Length; i += Elements.Stride())
        {
            means[i] = (float)(sums[i] / count);
        }
    }

    internal static void TakeIn(
        ArrayView<float> values, ArrayView<float> means, ArrayView<float> deviations, long count)
    {
        for (long i = Elements.First(); i < values.Length; i += Elements.Stride())
        {
            double value = values[i];
            double before = value - means[i];
            double mean = means[i] + (before / count);
            deviations[i] = (float)(deviations[i] + (before * (value - mean)));
            means[i] = (float)mean;
        }
    }

    internal static void DivideAtLeast(
        ArrayView<float> deviations, ArrayView<float> variances, long count, double floor)
    {
        for (long i = Elements.First(); i < variances.Length; i += Elements.Stride())
        {
            variances[i] = (float)XMath.Max(floor, deviations[i] / (double)count);
        }
    }

    internal static void AddValues(ArrayView<float> x, ArrayView<float> y, ArrayView<float> result)
    {
        for (long i = Elements.First(); i < result.Length; i += Elements.Stride())
        {
            result[i] = x[i] + y[i];
        }
    }

    internal static void SubtractValues(ArrayView<float> x, ArrayView<float> y, ArrayView<float> result)
    {
        for (long i = Elements.First(); i < result.Length; i += Elements.Stride())
        {
            result[i] = x[i] - y[i];
        }
    }

    internal static void MultiplyValues(ArrayView<float> x, ArrayView<float> y, ArrayView<float> result)
    {
        for (long i = Elements.First(); i < result.Length; i += Elements.Stride())
        {
            result[i] = x[i] * y[i];
        }
    }

    internal static void ScaleValues(ArrayView<float> values, float factor)
    {
        for (long i = Elements.First(); i < values.Length; i += Elements.Stride())
        {
            values[i] *= factor;
        }
    }

    internal static void MoveValues(
        ArrayView<float> start, ArrayView<float> direction, ArrayView<float> result, float scale)
    {
        for (long i = Elements.First(); i < result.Length; i += Elements.Stride())
        {
            result[i] = start[i] + (scale * direction[i]);
        }
    }

    internal static void SumOfProducts(ArrayView<float> x, ArrayView<float> y, ArrayView<double> sums)
    {
        double sum = 0;
        for (long i = Elements.First(); i < x.Length; i += Elements.Stride())
        {
            sum += (double)x[i] * y[i];
        }

        Elements.AddUp(sum, sums);
    }

    private void Run(DeviceKernel kernel, WeightBuffer x, WeightBuffer y, WeightBuffer result)
    {
        RequireLength(x, result.Length);
        RequireLength(y, result.Length);
        device.Run(kernel, result.Length, x.View(), y.View(), result.View());
    }

    private static void RequireLength(WeightBuffer weights, long length)
    {
        if (weights.Length != length)
        {
            throw new ArgumentException($"There are {weights.Length} weights for {length}; expected equal lengths.");
        }
    }
}
