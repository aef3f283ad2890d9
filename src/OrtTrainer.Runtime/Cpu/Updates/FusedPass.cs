using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using OrtTrainer.Runtime.Updates;

namespace OrtTrainer.Runtime.Cpu.Updates;

/// <summary>
/// One pass over memory that updates weights, state and average together; the work is bound by memory, so each array
/// is read and written once. Blocks that never had a gradient have zero state: their state is neither read nor
/// written, and the kernel's idle formula takes the place of its update, which gives the same bits.
/// </summary>
internal sealed unsafe class FusedPass<TKernel>(WeightLayout layout, BlockMap touched) : IChunkWork
    where TKernel : struct, IUpdateKernel
{
    private readonly byte[] _groups = layout.GroupOfBlocks();
    private readonly TKernel[] _kernels = new TKernel[layout.Groups.Count];
    private float* _weights;
    private float* _gradients;
    private float* _first;
    private float* _second;
    private float* _average;
    private BlockMap? _nonZeroGradients;
    private float _gradientScale;
    private float _averageWeight;

    /// <summary>Runs one step on every block.</summary>
    /// <param name="loop">The threads.</param>
    /// <param name="inputs">Weights, gradients and average.</param>
    /// <param name="first">First state; null if the kernel keeps none.</param>
    /// <param name="second">Second state; null if the kernel keeps none.</param>
    /// <param name="kernelOf">The coefficients for the blocks of a group.</param>
    public void Run(
        ChunkedLoop loop,
        in StepInputs inputs,
        WeightBuffer? first,
        WeightBuffer? second,
        Func<(bool HasWeightDecay, double RateScale), TKernel> kernelOf)
    {
        for (int i = 0; i < _kernels.Length; i++)
        {
            _kernels[i] = kernelOf(layout.Groups[i]);
        }

        _nonZeroGradients = inputs.NonZeroGradients;
        _gradientScale = (float)inputs.GradientScale;
        _averageWeight = (float)inputs.AverageWeight;
        _weights = inputs.Parameters.Pointer;
        _gradients = inputs.Gradients.Pointer;
        _average = inputs.Average is { } average ? average.Pointer : null;
        _first = first is null ? null : first.Pointer;
        _second = second is null ? null : second.Pointer;
        loop.Run(this, layout.Chunks);
    }

    /// <inheritdoc/>
    public void Run(int chunk)
    {
        var (first, end) = layout.BlocksOf(chunk);
        for (var block = first; block < end; block++)
        {
            // A copy on the stack tells the compiler that no store through a pointer can change it.
            TKernel kernel = _kernels[_groups[block]];
            RunBlock(block, kernel);
        }
    }

    private void RunBlock(int block, in TKernel kernel)
    {
        var offset = (nint)block * WeightLayout.BlockLength;
        var hasGradient = _nonZeroGradients?[block] ?? (touched[block] || AnyBitSet(_gradients + offset));
        if (hasGradient)
        {
            touched[block] = true;
        }

        if (touched[block] || !kernel.ZeroStateStaysZero)
        {
            Update(kernel, offset, hasGradient ? _gradients + offset : null);
        }
        else if (!kernel.IdleKeepsWeight || _average != null)
        {
            Idle(kernel, offset);
        }
    }

    private void Update(in TKernel kernel, nint offset, float* gradients)
    {
        var weights = _weights + offset;
        var first = _first != null ? _first + offset : null;
        var second = _second != null ? _second + offset : null;
        var average = _average != null ? _average + offset : null;
        var scale = Vector512.Create(_gradientScale);
        for (var i = 0; i < WeightLayout.BlockLength; i += Vector512<float>.Count)
        {
            var gradient = gradients == null ? Vector512<float>.Zero : Vector512.Load(gradients + i) * scale;
            var firstState = first == null ? Vector512<float>.Zero : Vector512.Load(first + i);
            var secondState = second == null ? Vector512<float>.Zero : Vector512.Load(second + i);
            var weight = kernel.Update(Vector512.Load(weights + i), gradient, ref firstState, ref secondState);
            weight.Store(weights + i);
            if (first != null)
            {
                firstState.Store(first + i);
            }

            if (second != null)
            {
                secondState.Store(second + i);
            }

            if (average != null)
            {
                UpdateAverage(average + i, weight);
            }
        }
    }

    private void Idle(in TKernel kernel, nint offset)
    {
        var weights = _weights + offset;
        var average = _average != null ? _average + offset : null;
        for (var i = 0; i < WeightLayout.BlockLength; i += Vector512<float>.Count)
        {
            var weight = kernel.Idle(Vector512.Load(weights + i));
            weight.Store(weights + i);
            if (average != null)
            {
                UpdateAverage(average + i, weight);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void UpdateAverage(float* average, Vector512<float> weight)
    {
        // A share of 1 copies: what the buffer held before may be anything, not a number included.
        var old = _averageWeight == 1 ? weight : Vector512.Load(average);
        Vector512.FusedMultiplyAdd(Vector512.Create(_averageWeight), weight - old, old).Store(average);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool AnyBitSet(float* values)
    {
        var bits = Vector512<int>.Zero;
        for (var i = 0; i < WeightLayout.BlockLength; i += Vector512<float>.Count)
        {
            bits |= Vector512.Load((int*)values + i);
        }

        return bits != Vector512<int>.Zero;
    }
}
