using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using OrtTrainer.Runtime.Updates;

namespace OrtTrainer.Runtime.Cpu.Updates;

/// <summary>
/// Does steps without a gradient on one block, one after the other in registers: four vectors at a time, because each
/// has to wait for its own last result (70 cycles in the case of AdamW), and the others fill the time.
/// </summary>
/// <param name="touched">Blocks that ever had a gradient: the state of others is zero.</param>
/// <param name="first">First state; null if the kernel keeps none.</param>
/// <param name="second">Second state; null if the kernel keeps none.</param>
internal sealed unsafe class SkippedBlock<TKernel>(BlockMap touched, WeightBuffer? first, WeightBuffer? second)
    where TKernel : struct, IUpdateKernel
{
    private const int Width = 16;

    private WeightBuffer? _weights;
    private WeightBuffer? _average;

    /// <summary>Whether a step is on the buffers that are remembered.</summary>
    public bool IsOf(in StepInputs inputs) =>
        inputs.Parameters == _weights && (inputs.Average is null || _average is null || inputs.Average == _average);

    /// <summary>Takes the buffers of a step.</summary>
    public void Remember(in StepInputs inputs)
    {
        _weights = inputs.Parameters;
        _average = inputs.Average ?? _average;
    }

    /// <summary>Does steps.</summary>
    /// <param name="block">The block.</param>
    /// <param name="kernels">The coefficients of each step.</param>
    /// <param name="averageWeights">The share of the weights in the average at each step; null where there is no
    /// average.</param>
    public void Replay(int block, ReadOnlySpan<TKernel> kernels, ReadOnlySpan<float?> averageWeights)
    {
        nint offset = (nint)block * WeightLayout.BlockLength;
        float* weights = _weights!.Pointer + offset;
        float* average = averageWeights.ContainsAnyExcept((float?)null) ? _average!.Pointer + offset : null;
        if (touched[block] || !kernels[0].ZeroStateStaysZero)
        {
            Update(weights, average, offset, kernels, averageWeights);
        }
        else if (!kernels[0].IdleKeepsWeight || average != null)
        {
            Idle(weights, average, kernels, averageWeights);
        }
    }

    private void Update(
        float* weights, float* average, nint offset, ReadOnlySpan<TKernel> kernels,
        ReadOnlySpan<float?> averageWeights)
    {
        float* firsts = first is null ? null : first.Pointer + offset;
        float* seconds = second is null ? null : second.Pointer + offset;
        for (int i = 0; i < WeightLayout.BlockLength; i += 4 * Width)
        {
            Vector512<float> weight0 = Vector512.Load(weights + i);
            Vector512<float> weight1 = Vector512.Load(weights + i + Width);
            Vector512<float> weight2 = Vector512.Load(weights + i + (2 * Width));
            Vector512<float> weight3 = Vector512.Load(weights + i + (3 * Width));
            Vector512<float> first0 = Load(firsts, i);
            Vector512<float> first1 = Load(firsts, i + Width);
            Vector512<float> first2 = Load(firsts, i + (2 * Width));
            Vector512<float> first3 = Load(firsts, i + (3 * Width));
            Vector512<float> second0 = Load(seconds, i);
            Vector512<float> second1 = Load(seconds, i + Width);
            Vector512<float> second2 = Load(seconds, i + (2 * Width));
            Vector512<float> second3 = Load(seconds, i + (3 * Width));
            Vector512<float> mean0 = Load(average, i);
            Vector512<float> mean1 = Load(average, i + Width);
            Vector512<float> mean2 = Load(average, i + (2 * Width));
            Vector512<float> mean3 = Load(average, i + (3 * Width));
            for (int step = 0; step < kernels.Length; step++)
            {
                TKernel kernel = kernels[step];
                weight0 = kernel.Update(weight0, Vector512<float>.Zero, ref first0, ref second0);
                weight1 = kernel.Update(weight1, Vector512<float>.Zero, ref first1, ref second1);
                weight2 = kernel.Update(weight2, Vector512<float>.Zero, ref first2, ref second2);
                weight3 = kernel.Update(weight3, Vector512<float>.Zero, ref first3, ref second3);
                if (averageWeights[step] is { } share)
                {
                    mean0 = RunningAverage.Blend(mean0, weight0, share);
                    mean1 = RunningAverage.Blend(mean1, weight1, share);
                    mean2 = RunningAverage.Blend(mean2, weight2, share);
                    mean3 = RunningAverage.Blend(mean3, weight3, share);
                }
            }

            Store(weights, i, weight0, weight1, weight2, weight3);
            Store(firsts, i, first0, first1, first2, first3);
            Store(seconds, i, second0, second1, second2, second3);
            Store(average, i, mean0, mean1, mean2, mean3);
        }
    }

    private static void Idle(
        float* weights, float* average, ReadOnlySpan<TKernel> kernels, ReadOnlySpan<float?> averageWeights)
    {
        for (int i = 0; i < WeightLayout.BlockLength; i += 4 * Width)
        {
            Vector512<float> weight0 = Vector512.Load(weights + i);
            Vector512<float> weight1 = Vector512.Load(weights + i + Width);
            Vector512<float> weight2 = Vector512.Load(weights + i + (2 * Width));
            Vector512<float> weight3 = Vector512.Load(weights + i + (3 * Width));
            Vector512<float> mean0 = Load(average, i);
            Vector512<float> mean1 = Load(average, i + Width);
            Vector512<float> mean2 = Load(average, i + (2 * Width));
            Vector512<float> mean3 = Load(average, i + (3 * Width));
            for (int step = 0; step < kernels.Length; step++)
            {
                ref readonly TKernel kernel = ref kernels[step];
                weight0 = kernel.Idle(weight0);
                weight1 = kernel.Idle(weight1);
                weight2 = kernel.Idle(weight2);
                weight3 = kernel.Idle(weight3);
                if (averageWeights[step] is { } share)
                {
                    mean0 = RunningAverage.Blend(mean0, weight0, share);
                    mean1 = RunningAverage.Blend(mean1, weight1, share);
                    mean2 = RunningAverage.Blend(mean2, weight2, share);
                    mean3 = RunningAverage.Blend(mean3, weight3, share);
                }
            }

            Store(weights, i, weight0, weight1, weight2, weight3);
            Store(average, i, mean0, mean1, mean2, mean3);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Load(float* values, int i) =>
        values == null ? Vector512<float>.Zero : Vector512.Load(values + i);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(
        float* values, int i, Vector512<float> vector0, Vector512<float> vector1, Vector512<float> vector2,
        Vector512<float> vector3)
    {
        if (values != null)
        {
            vector0.Store(values + i);
            vector1.Store(values + i + Width);
            vector2.Store(values + i + (2 * Width));
            vector3.Store(values + i + (3 * Width));
        }
    }
}
