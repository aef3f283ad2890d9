using System.Runtime.Intrinsics;
using OrtTrainer.Runtime.Updates;

namespace OrtTrainer.Runtime.Cpu.Updates;

/// <summary>
/// The Euclidean norm over all gradients, summed in float64 by fixed chunks in a fixed order, so that it does not
/// depend on the number of threads. On its way it notes which blocks are not zero, which saves the optimizer reading
/// the others.
/// </summary>
/// <param name="layout">The layout of the gradients.</param>
/// <param name="loop">The threads; not disposed here.</param>
internal sealed unsafe class CpuGradientNorm(WeightLayout layout, ChunkedLoop loop) : GradientNorm, IChunkWork
{
    private readonly double[] _sums = new double[layout.Chunks];
    private float* _gradients;
    private BlockMap? _written;

    /// <inheritdoc/>
    public override BlockMap NonZero { get; } = new(layout);

    /// <inheritdoc/>
    public override double Measure(WeightBuffer gradients, BlockMap? written = null)
    {
        if (gradients.Length != layout.Length)
        {
            throw new ArgumentException(
                $"There are {gradients.Length} gradients; the layout has {layout.Length} elements.", nameof(gradients));
        }

        if (written is not null && written.Blocks != layout.Blocks)
        {
            throw new ArgumentException(
                $"The map has {written.Blocks} blocks, the layout {layout.Blocks}.", nameof(written));
        }

        _gradients = gradients.Pointer;
        _written = written;
        loop.RunShare(this, layout.Chunks);
        loop.Share.Complete(_sums);
        _gradients = null;
        _written = null;

        var total = 0.0;
        foreach (var sum in _sums)
        {
            total += sum;
        }

        return Math.Sqrt(total);
    }

    /// <inheritdoc/>
    void IChunkWork.Run(int chunk)
    {
        var (first, end) = layout.BlocksOf(chunk);
        var (even, odd) = (Vector512<double>.Zero, Vector512<double>.Zero);
        for (var block = first; block < end; block++)
        {
            // Zeros add nothing to the sums: without them the bits are the same.
            if (_written is { } written && !written[block])
            {
                NonZero[block] = false;
                continue;
            }

            var values = _gradients + ((nint)block * WeightLayout.BlockLength);
            var bits = Vector512<int>.Zero;
            for (var i = 0; i < WeightLayout.BlockLength; i += Vector512<float>.Count)
            {
                var value = Vector512.Load(values + i);
                bits |= value.AsInt32();
                var (lower, upper) = Vector512.Widen(value);
                even = Vector512.FusedMultiplyAdd(lower, lower, even);
                odd = Vector512.FusedMultiplyAdd(upper, upper, odd);
            }

            NonZero[block] = bits != Vector512<int>.Zero;
        }

        // Element by element: the order in which a horizontal sum adds is not promised to be the same on every
        // processor.
        var lanes = even + odd;
        var sum = 0.0;
        for (var lane = 0; lane < Vector512<double>.Count; lane++)
        {
            sum += lanes[lane];
        }

        _sums[chunk] = sum;
    }
}
