using System.Runtime.Intrinsics;
using OrtTrainer.Common;
using OrtTrainer.Runtime.Updates;

namespace OrtTrainer.Runtime.Cpu.Updates;

/// <summary>One pass over the mixed segments each way; the mask of an element is made where it is needed.</summary>
internal sealed unsafe class CpuWeightMix : WeightMix, IChunkWork
{
    private readonly WeightLayout _layout;
    private readonly ChunkedLoop _loop;
    private readonly bool[] _mixed;
    private readonly WeightBuffer _first;
    private readonly WeightBuffer _before;
    private readonly uint _threshold;
    private readonly float _factor;
    private float* _weights;
    private float* _gradients;
    private uint _key0;
    private uint _key1;

    /// <param name="layout">Where the tensors lie.</param>
    /// <param name="first">The first values of all weights; copied.</param>
    /// <param name="probability">p, in [0, 1).</param>
    /// <param name="isMixed">Which segments are mixed.</param>
    /// <param name="loop">The threads; not disposed here.</param>
    public CpuWeightMix(
        WeightLayout layout, WeightBuffer first, double probability, Predicate<WeightSegment> isMixed,
        ChunkedLoop loop)
    {
        ArgumentNullException.ThrowIfNull(layout);
        (_layout, _loop) = (layout, loop);
        OptionRange.Below(probability, 0, 1, nameof(probability));
        _threshold = (uint)Math.Min(uint.MaxValue, Math.Round(probability * (1L << 32)));
        _factor = (float)(1 / (1 - probability));
        _mixed = new bool[layout.Blocks];
        foreach (WeightSegment segment in layout.Segments.Where(s => isMixed(s)))
        {
            int blocks = (segment.Length + WeightLayout.BlockLength - 1) / WeightLayout.BlockLength;
            _mixed.AsSpan(segment.Offset / WeightLayout.BlockLength, blocks).Fill(true);
        }

        _first = new WeightBuffer(CpuDevice.Instance, layout.Length);
        _before = new WeightBuffer(CpuDevice.Instance, layout.Length);
        _first.CopyFrom(first);
    }

    /// <inheritdoc/>
    public override void Mix(WeightBuffer weights, ulong key)
    {
        RequireLength(weights);
        (_key0, _key1) = (Hash((uint)key), Hash((uint)(key >> 32)));
        _weights = weights.Pointer;
        _gradients = null;
        _loop.Run(this, _layout.Chunks);
    }

    /// <inheritdoc/>
    public override void Unmix(WeightBuffer weights, WeightBuffer gradients)
    {
        RequireLength(weights);
        RequireLength(gradients);
        _weights = weights.Pointer;
        _gradients = gradients.Pointer;
        _loop.Run(this, _layout.Chunks);
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
        (int first, int end) = _layout.BlocksOf(chunk);
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

    /// <summary>1 / (1 - p) in lanes that keep their weight, 0 in the others.</summary>
    private Vector512<float> Factors(nint i)
    {
        // lowbias32 (C. Wellons, "Prospecting for hash functions", 2018) with the second word added in its middle.
        Vector512<uint> x = (Vector512<uint>.Indices + Vector512.Create((uint)i)) ^ Vector512.Create(_key0);
        x ^= x >>> 16;
        x = (x * Vector512.Create(0x7feb352du)) + Vector512.Create(_key1);
        x ^= x >>> 15;
        x *= Vector512.Create(0x846ca68bu);
        x ^= x >>> 16;
        Vector512<uint> kept = Vector512.GreaterThanOrEqual(x, Vector512.Create(_threshold));
        return Vector512.Create(_factor) & kept.AsSingle();
    }

    private void RequireLength(WeightBuffer buffer)
    {
        if (buffer.Length != _layout.Length)
        {
            throw new ArgumentException(
                $"There are {buffer.Length} elements to mix; the layout has {_layout.Length}.", nameof(buffer));
        }
    }

    private static uint Hash(uint x)
    {
        x ^= x >> 16;
        x *= 0x7feb352d;
        x ^= x >> 15;
        x *= 0x846ca68b;
        return x ^ (x >> 16);
    }
}
