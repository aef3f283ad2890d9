using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using OrtTrainer.Runtime.Updates;

namespace OrtTrainer.Runtime.Cpu.Updates;

/// <summary>One pass over memory each, on the calling thread.</summary>
internal sealed class CpuArithmetic : WeightArithmetic
{
    /// <summary>Elements whose sums stay in the nearest cache while each buffer is read once.</summary>
    private const int BlockLength = WeightLayout.BlockLength;

    public override void Blend(WeightBuffer weights, WeightBuffer average, float share)
    {
        RequireLength(weights, average.Length);
        if (share == 1)
        {
            average.CopyFrom(weights);
        }
        else
        {
            Blend(weights.Span, average.Span, share);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Mean(IReadOnlyList<WeightBuffer> weights, WeightBuffer mean)
    {
        if (weights.Count == 0)
        {
            throw new ArgumentException("There is no mean of no weights.", nameof(weights));
        }

        foreach (WeightBuffer one in weights)
        {
            RequireLength(one, mean.Length);
        }

        Span<double> sums = stackalloc double[BlockLength];
        for (long start = 0; start < mean.Length; start += BlockLength)
        {
            int length = (int)Math.Min(BlockLength, mean.Length - start);
            sums.Clear();
            foreach (WeightBuffer one in weights)
            {
                ReadOnlySpan<float> values = one.Slice(start, length);
                for (int i = 0; i < values.Length; i++)
                {
                    sums[i] += values[i];
                }
            }

            Span<float> means = mean.Slice(start, length);
            for (int i = 0; i < means.Length; i++)
            {
                means[i] = (float)(sums[i] / weights.Count);
            }
        }
    }

    public override void AddMoments(WeightBuffer weights, WeightBuffer mean, WeightBuffer deviations, long count)
    {
        RequireLength(weights, mean.Length);
        RequireLength(deviations, mean.Length);
        ReadOnlySpan<float> values = weights.Span;
        Span<float> means = mean.Span;
        Span<float> sums = deviations.Span;
        for (int i = 0; i < values.Length; i++)
        {
            double before = (double)values[i] - means[i];
            double newMean = means[i] + (before / count);
            sums[i] = (float)(sums[i] + (before * (values[i] - newMean)));
            means[i] = (float)newMean;
        }
    }

    public override void Variance(WeightBuffer deviations, long count, double floor, WeightBuffer variance)
    {
        RequireLength(deviations, variance.Length);
        ReadOnlySpan<float> sums = deviations.Span;
        Span<float> variances = variance.Span;
        for (int i = 0; i < variances.Length; i++)
        {
            variances[i] = (float)Math.Max(floor, sums[i] / (double)count);
        }
    }

    public override void Add(WeightBuffer x, WeightBuffer y, WeightBuffer result)
    {
        RequireLengths(x, y, result);
        TensorPrimitives.Add(x.Span, y.Span, result.Span);
    }

    public override void Subtract(WeightBuffer x, WeightBuffer y, WeightBuffer result)
    {
        RequireLengths(x, y, result);
        TensorPrimitives.Subtract(x.Span, y.Span, result.Span);
    }

    public override void Multiply(WeightBuffer x, WeightBuffer y, WeightBuffer result)
    {
        RequireLengths(x, y, result);
        TensorPrimitives.Multiply(x.Span, y.Span, result.Span);
    }

    public override void Scale(WeightBuffer x, float factor) => TensorPrimitives.Multiply(x.Span, factor, x.Span);

    public override void Move(WeightBuffer start, double scale, WeightBuffer direction, WeightBuffer result)
    {
        RequireLengths(start, direction, result);
        TensorPrimitives.MultiplyAdd(direction.Span, (float)scale, start.Span, result.Span);
    }

    public override double Dot(WeightBuffer x, WeightBuffer y)
    {
        RequireLength(x, y.Length);
        return Dot(x.Span, y.Span);
    }

    public override void Pack(WeightBuffer source, ReadOnlySpan<int> blocks, WeightBuffer packed)
    {
        for (int i = 0; i < blocks.Length; i++)
        {
            source.Slice((long)blocks[i] * BlockLength, BlockLength)
                .CopyTo(packed.Slice((long)i * BlockLength, BlockLength));
        }
    }

    public override void AddBlocks(
        WeightBuffer sums, ReadOnlySpan<int> blocks, WeightBuffer packed, ReadOnlySpan<int> places, bool replaces)
    {
        ReadOnlySpan<float> zeros = stackalloc float[BlockLength];
        for (int i = 0; i < blocks.Length; i++)
        {
            Span<float> sum = sums.Slice((long)blocks[i] * BlockLength, BlockLength);
            ReadOnlySpan<float> added =
                places[i] < 0 ? zeros : packed.Slice((long)places[i] * BlockLength, BlockLength);
            if (replaces)
            {
                added.CopyTo(sum);
            }
            else
            {
                TensorPrimitives.Add(sum, added, sum);
            }
        }
    }

    private static void Blend(ReadOnlySpan<float> weights, Span<float> average, float share)
    {
        ReadOnlySpan<Vector512<float>> weightVectors = MemoryMarshal.Cast<float, Vector512<float>>(weights);
        Span<Vector512<float>> averageVectors = MemoryMarshal.Cast<float, Vector512<float>>(average);
        Vector512<float> shares = Vector512.Create(share);
        for (int i = 0; i < averageVectors.Length; i++)
        {
            Vector512<float> old = averageVectors[i];
            averageVectors[i] = Vector512.FusedMultiplyAdd(shares, weightVectors[i] - old, old);
        }

        for (int i = averageVectors.Length * Vector512<float>.Count; i < average.Length; i++)
        {
            average[i] = MathF.FusedMultiplyAdd(share, weights[i] - average[i], average[i]);
        }
    }

    private static double Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        ReadOnlySpan<Vector512<float>> wideX = MemoryMarshal.Cast<float, Vector512<float>>(x);
        ReadOnlySpan<Vector512<float>> wideY = MemoryMarshal.Cast<float, Vector512<float>>(y);
        Vector512<double> lower = Vector512<double>.Zero;
        Vector512<double> upper = Vector512<double>.Zero;
        for (int i = 0; i < wideX.Length; i++)
        {
            (Vector512<double> lowerX, Vector512<double> upperX) = Vector512.Widen(wideX[i]);
            (Vector512<double> lowerY, Vector512<double> upperY) = Vector512.Widen(wideY[i]);
            lower += lowerX * lowerY;
            upper += upperX * upperY;
        }

        // Element by element: the order of a horizontal sum is not promised to be the same on every processor.
        double sum = 0;
        for (int lane = 0; lane < Vector512<double>.Count; lane++)
        {
            sum += lower[lane] + upper[lane];
        }

        for (int i = wideX.Length * Vector512<float>.Count; i < x.Length; i++)
        {
            sum += (double)x[i] * y[i];
        }

        return sum;
    }

    private static void RequireLengths(WeightBuffer x, WeightBuffer y, WeightBuffer result)
    {
        RequireLength(x, result.Length);
        RequireLength(y, result.Length);
    }

    private static void RequireLength(WeightBuffer weights, long length)
    {
        if (weights.Length != length)
        {
            throw new ArgumentException($"There are {weights.Length} weights for {length}; expected equal lengths.");
        }
    }
}
