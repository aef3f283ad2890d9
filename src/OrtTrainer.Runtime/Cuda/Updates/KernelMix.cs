using ILGPU;
using OrtTrainer.Common;
using OrtTrainer.Runtime.Cuda.Launching;
using OrtTrainer.Runtime.Updates;

namespace OrtTrainer.Runtime.Cuda.Updates;

/// <summary>One pass over memory each way, with the masks of <see cref="Cpu.Updates.CpuWeightMix"/>.</summary>
internal sealed class KernelMix : WeightMix
{
    private static readonly DeviceKernel Mixing = new(MixWeights);
    private static readonly DeviceKernel Unmixing = new(ScaleGradients);

    private readonly KernelDevice _device;
    private readonly WeightLayout _layout;
    private readonly DeviceArray<int> _mixed;
    private readonly WeightBuffer _first;
    private readonly WeightBuffer _before;
    private readonly uint _threshold;
    private readonly float _factor;
    private (uint First, uint Second) _key;

    /// <param name="device">Where the weights lie.</param>
    /// <param name="layout">Where the tensors lie.</param>
    /// <param name="first">The first values of all weights; copied.</param>
    /// <param name="probability">p, in [0, 1).</param>
    /// <param name="isMixed">Which segments are mixed.</param>
    public KernelMix(
        KernelDevice device, WeightLayout layout, WeightBuffer first, double probability,
        Predicate<WeightSegment> isMixed)
    {
        ArgumentNullException.ThrowIfNull(layout);
        (_device, _layout) = (device, layout);
        OptionRange.Below(probability, 0, 1, nameof(probability));
        _threshold = (uint)Math.Min(uint.MaxValue, Math.Round(probability * (1L << 32)));
        _factor = (float)(1 / (1 - probability));
        int[] mixed = new int[layout.Blocks];
        foreach (WeightSegment segment in layout.Segments.Where(s => isMixed(s)))
        {
            int blocks = (segment.Length + WeightLayout.BlockLength - 1) / WeightLayout.BlockLength;
            mixed.AsSpan(segment.Offset / WeightLayout.BlockLength, blocks).Fill(1);
        }

        _mixed = new DeviceArray<int>(device);
        _mixed.Set(mixed);
        _first = new WeightBuffer(device, layout.Length);
        _before = new WeightBuffer(device, layout.Length);
        _first.CopyFrom(first);
    }

    /// <inheritdoc/>
    public override void Mix(WeightBuffer weights, ulong key)
    {
        RequireLength(weights);
        _key = (Hash((uint)key), Hash((uint)(key >> 32)));
        _before.CopyFrom(weights);
        _device.Run(
            Mixing, weights.Length, weights.View(), _first.View(), _mixed.View(), _key.First, _key.Second, _threshold,
            _factor);
    }

    /// <inheritdoc/>
    public override void Unmix(WeightBuffer weights, WeightBuffer gradients)
    {
        RequireLength(weights);
        RequireLength(gradients);
        weights.CopyFrom(_before);
        _device.Run(
            Unmixing, gradients.Length, gradients.View(), _mixed.View(), _key.First, _key.Second, _threshold, _factor);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _mixed.Dispose();
        _first.Dispose();
        _before.Dispose();
    }

    internal static void MixWeights(
        ArrayView<float> weights, ArrayView<float> firsts, ArrayView<int> mixed, uint key0, uint key1, uint threshold,
        float factor)
    {
        for (long i = Elements.First(); i < weights.Length; i += Elements.Stride())
        {
            if (mixed[i / WeightLayout.BlockLength] != 0)
            {
                float first = firsts[i];
                weights[i] = first + (Factor((uint)i, key0, key1, threshold, factor) * (weights[i] - first));
            }
        }
    }

    internal static void ScaleGradients(
        ArrayView<float> gradients, ArrayView<int> mixed, uint key0, uint key1, uint threshold, float factor)
    {
        for (long i = Elements.First(); i < gradients.Length; i += Elements.Stride())
        {
            if (mixed[i / WeightLayout.BlockLength] != 0)
            {
                gradients[i] *= Factor((uint)i, key0, key1, threshold, factor);
            }
        }
    }

    /// <summary>1 / (1 - p) for an element that keeps its weight, 0 for others.</summary>
    private static float Factor(uint index, uint key0, uint key1, uint threshold, float factor)
    {
        // lowbias32 (C. Wellons, "Prospecting for hash functions", 2018) with the second word added in its middle.
        uint x = index ^ key0;
        x ^= x >> 16;
        x = (x * 0x7feb352du) + key1;
        x ^= x >> 15;
        x *= 0x846ca68bu;
        x ^= x >> 16;
        return x >= threshold ? factor : 0;
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
