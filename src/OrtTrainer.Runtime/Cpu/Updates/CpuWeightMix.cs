using System.Runtime.Intrinsics;
using OrtTrainer.Runtime.Cpu.Kernels;
using OrtTrainer.Runtime.Updates;

namespace OrtTrainer.Runtime.Cpu.Updates;

/// <summary>One pass over the mixed segments each way; the mask of an element is made where it is needed.</summary>
internal sealed unsafe class CpuWeightMix : WeightMix, IChunkWork
{
    private readonly ChunkedLoop _loop;
    private readonly bool[] _mixed;
    private readonly WeightBuffer _first;
    private readonly WeightBuffer _before;
    private float* _weights;
    private float* _gradients;
    private DropoutMask _mask;

    /// <param name="layout">Where the tensors lie.</param>
    /// <param name="first">The first values of all weights; copied.</param>
    /// <param name="probability">p, in [0, 1).</param>
    /// <param name="isMixed">Which segments are mixed.</param>
    /// <param name="loop">The threads; not disposed here.</param>
    public CpuWeightMix(
        WeightLayout layout, WeightBuffer first, double probability, Predicate<WeightSegment> isMixed,
        ChunkedLoop loop)
        : base(layout, probability)
    {
        _loop = loop;
        _mixed = ByBlock(isMixed, true);
        _first = new WeightBuffer(CpuDevice.Instance, layout.Length);
        _before = new WeightBuffer(CpuDevice.Instance, layout.Length);
        _first.CopyFrom(first);
    }

    /// <inheritdoc/>
    public override void Mix(WeightBuffer weights, ulong key)
    {
        RequireLength(weights);
        _mask = new DropoutMask(key, Threshold, Scale);
        _weights = weights.Pointer;
        _gradients = null;
        _loop.Run(this, Layout.Chunks);
    }

    /// <inheritdoc/>
    public override void Unmix(WeightBuffer weights, WeightBuffer gradients)
    {
        RequireLength(weights);
        RequireLength(gradients);
        _weights = weights.Pointer;
        _gradients = gradients.Pointer;
        _loop.Run(this, Layout.Chunks);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _first.Dispose();
        _before.Dispose();
    }

    /// <inheritdoc/>
    void IChunkWork.Run(int chunk)
    {
        (int first, int end) = Layout.BlocksOf(chunk);
        for (int block = first; block < end; block++)
        {
            if (!_mixed[block])
            {
                continue;
            }

            nint start = (nint)block * WeightLayout.BlockLength;
            for (nint i = start; i < start + WeightLayout.BlockLength; i += Vector512<float>.Count)
            {
                if (_gradients == null)
                {
                    MixVector(i);
                }
                else
                {
                    UnmixVector(i);
                }
            }
        }
    }

    private void MixVector(nint i)
    {
        Vector512<float> weight = Vector512.Load(_weights + i);
        Vector512<float> first = Vector512.Load(_first.Pointer + i);
        weight.Store(_before.Pointer + i);
        Vector512.FusedMultiplyAdd(Factors(i), weight - first, first).Store(_weights + i);
    }

    private void UnmixVector(nint i)
    {
        Vector512.Load(_before.Pointer + i).Store(_weights + i);
        (Vector512.Load(_gradients + i) * Factors(i)).Store(_gradients + i);
    }

    private Vector512<float> Factors(nint i) =>
        _mask.Factors(Vector512<uint>.Indices + Vector512.Create((uint)i));
}
