using System.Runtime.Intrinsics;
using OrtTrainer.Common;
using OrtTrainer.Models;
using OrtTrainer.Runtime;

namespace OrtTrainer.Training.Optimizers;

/// <summary>
/// Mixout (Lee et al. 2020): every element of some segments is, with probability p, its first value instead of its
/// present one, and what remains is scaled so that the mean stays: <c>(m w0 + (1 - m) w - p w0) / (1 - p)</c>, which
/// is <c>w0 + f (w - w0)</c> with f = 0 or 1 / (1 - p). Gradients pass through f. The mask is a hash of key and
/// element, so that it needs no memory and a resumed run draws the same.
/// </summary>
public sealed unsafe class WeightMix : IChunkWork, IDisposable
{
    private readonly FlatParameters _layout;
    private readonly ChunkedLoop _loop;
    private readonly bool[] _mixed;
    private readonly NativeBuffer _first;
    private readonly NativeBuffer _before;
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
    public WeightMix(
        FlatParameters layout, ReadOnlySpan<float> first, double probability, Predicate<ParameterSegment> isMixed,
        ChunkedLoop loop)
    {
        ArgumentNullException.ThrowIfNull(layout);
        (_layout, _loop) = (layout, loop);
        OptionRange.Below(probability, 0, 1, nameof(probability));
        _threshold = (uint)Math.Min(uint.MaxValue, Math.Round(probability * (1L << 32)));
        _factor = (float)(1 / (1 - probability));
        _mixed = new bool[layout.Blocks];
        foreach (ParameterSegment segment in layout.Segments.Where(s => isMixed(s)))
        {
            int blocks = (segment.Length + FlatParameters.BlockLength - 1) / FlatParameters.BlockLength;
            _mixed.AsSpan(segment.Offset / FlatParameters.BlockLength, blocks).Fill(true);
        }

        _first = new NativeBuffer(layout.Length);
        _before = new NativeBuffer(layout.Length);
        first.CopyTo(_first.Span);
    }

    /// <summary>Mixes the weights in place and remembers them.</summary>
    /// <param name="weights">The weights; segments that are not mixed stay.</param>
    /// <param name="key">64 bits that fix the mask.</param>
    public void Mix(Span<float> weights, ulong key)
    {
        (_key0, _key1) = (Hash((uint)key), Hash((uint)(key >> 32)));
        fixed (float* start = weights)
        {
            _weights = start;
            _gradients = null;
            _loop.Run(this, _layout.Chunks);
        }
    }

    /// <summary>Puts the weights back, and passes the gradients at the mixed ones on to them.</summary>
    /// <param name="weights">The mixed weights.</param>
    /// <param name="gradients">The gradients there.</param>
    public void Unmix(Span<float> weights, Span<float> gradients)
    {
        fixed (float* start = weights, gradient = gradients)
        {
            _weights = start;
            _gradients = gradient;
            _loop.Run(this, _layout.Chunks);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
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

            nint start = (nint)block * FlatParameters.BlockLength;
            for (nint i = start; i < start + FlatParameters.BlockLength; i += Vector512<float>.Count)
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

    private static uint Hash(uint x)
    {
        x ^= x >> 16;
        x *= 0x7feb352d;
        x ^= x >> 15;
        x *= 0x846ca68b;
        return x ^ (x >> 16);
    }
}
