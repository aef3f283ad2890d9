using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using OrtTrainer.Runtime.Updates;

namespace OrtTrainer.Runtime.Cpu.Updates;

/// <summary>
/// One pass over memory that updates weights, state and average together; the work is bound by memory, so each array
/// is read and written once. Blocks that never had a gradient have zero state: their state is neither read nor
/// written, and the kernel's idle formula takes the place of its update, which gives the same bits. Blocks of sparse
/// segments without a gradient are left out, and taken up by <see cref="MissedSteps{TKernel}"/> when they are needed.
/// </summary>
internal sealed unsafe class FusedPass<TKernel> : IChunkWork
    where TKernel : struct, IUpdateKernel
{
    private readonly WeightLayout _layout;
    private readonly BlockMap _touched;
    private readonly ChunkedLoop _loop;
    private readonly WeightBuffer? _firstBuffer;
    private readonly WeightBuffer? _secondBuffer;
    private readonly byte[] _groups;
    private readonly TKernel[] _kernels;
    private readonly MissedSteps<TKernel>? _missed;
    private float* _weights;
    private float* _gradients;
    private float* _first;
    private float* _second;
    private float* _average;
    private BlockMap? _nonZeroGradients;
    private float _gradientScale;
    private float _averageWeight;
    private bool _putsOff;

    /// <param name="layout">Where the tensors lie.</param>
    /// <param name="touched">Blocks that ever had a gradient; kept up to date here.</param>
    /// <param name="loop">The threads; not disposed here.</param>
    /// <param name="first">First state; null if the kernel keeps none. Not disposed here.</param>
    /// <param name="second">Second state; null if the kernel keeps none. Not disposed here.</param>
    public FusedPass(
        WeightLayout layout, BlockMap touched, ChunkedLoop loop, WeightBuffer? first, WeightBuffer? second)
    {
        (_layout, _touched, _loop, _firstBuffer, _secondBuffer) = (layout, touched, loop, first, second);
        _groups = layout.GroupOfBlocks();
        _kernels = new TKernel[layout.Groups.Count];
        if (layout.SparseBlocks() is { } sparse)
        {
            _missed = new MissedSteps<TKernel>(layout, sparse, touched, loop, first, second);
        }
    }

    /// <summary>The coefficients of the next step, for the blocks of every group of the layout.</summary>
    public Span<TKernel> Kernels => _kernels;

    /// <summary>Runs one step on every block of this process's share, or puts it off.</summary>
    /// <param name="inputs">Weights, gradients and average.</param>
    public void Run(in StepInputs inputs)
    {
        _putsOff = _missed is not null && inputs.NonZeroGradients is not null;
        if (_missed?.CanTake(inputs) == false)
        {
            _missed.BringUpToDate();
        }

        _nonZeroGradients = inputs.NonZeroGradients;
        _gradientScale = (float)inputs.GradientScale;
        _averageWeight = (float)inputs.AverageWeight;
        _weights = inputs.Parameters.Pointer;
        _gradients = inputs.Gradients.Pointer;
        _average = inputs.Average is { } average ? average.Pointer : null;
        _first = _firstBuffer is null ? null : _firstBuffer.Pointer;
        _second = _secondBuffer is null ? null : _secondBuffer.Pointer;
        _loop.RunShare(this, _layout.Chunks);
        if (_putsOff)
        {
            _missed!.Add(_kernels, inputs);
        }
    }

    /// <summary>Does what was put off.</summary>
    public void BringUpToDate() => _missed?.BringUpToDate();

    /// <summary>Does what was put off in some rows of a segment.</summary>
    public void BringUpToDate(WeightSegment table, ReadOnlySpan<long> rows) => _missed?.BringUpToDate(table, rows);

    /// <summary>Drops what was put off: somebody has put other values in all buffers.</summary>
    public void Forget() => _missed?.Clear();

    /// <inheritdoc/>
    public void Run(int chunk)
    {
        var (first, end) = _layout.BlocksOf(chunk);
        for (var block = first; block < end; block++)
        {
            if (_putsOff && _missed!.IsSparse(block) && !_missed.Take(block, _nonZeroGradients![block]))
            {
                continue;
            }

            // A copy on the stack tells the compiler that no store through a pointer can change it.
            TKernel kernel = _kernels[_groups[block]];
            RunBlock(block, kernel);
        }
    }

    private void RunBlock(int block, in TKernel kernel)
    {
        var offset = (nint)block * WeightLayout.BlockLength;
        var hasGradient = _nonZeroGradients?[block] ?? (_touched[block] || AnyBitSet(_gradients + offset));
        if (hasGradient)
        {
            _touched[block] = true;
        }

        if (_touched[block] || !kernel.ZeroStateStaysZero)
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
        // A share of 1 reads nothing of the average: the pass is bound by memory.
        var old = _averageWeight == 1 ? weight : Vector512.Load(average);
        RunningAverage.Blend(old, weight, _averageWeight).Store(average);
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
