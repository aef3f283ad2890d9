using ILGPU;
using OrtTrainer.Runtime.Cpu.Kernels;
using OrtTrainer.Runtime.Cuda.Kernels;
using OrtTrainer.Runtime.Cuda.Launching;
using OrtTrainer.Runtime.Updates;

namespace OrtTrainer.Runtime.Cuda.Updates;

/// <summary>One pass over memory each way, with the masks of <see cref="Cpu.Updates.CpuWeightMix"/>.</summary>
internal sealed class KernelMix : WeightMix
{
    private static readonly DeviceKernel Mixing = new(MixWeights);
    private static readonly DeviceKernel Unmixing = new(ScaleGradients);

    private readonly KernelDevice _device;
    private readonly DeviceArray<int> _mixed;
    private readonly WeightBuffer _first;
    private readonly WeightBuffer _before;
    private DeviceMask _mask;

    /// <param name="device">Where the weights lie.</param>
    /// <param name="layout">Where the tensors lie.</param>
    /// <param name="first">The first values of all weights; copied.</param>
    /// <param name="probability">p, in [0, 1).</param>
    /// <param name="isMixed">Which segments are mixed.</param>
    public KernelMix(
        KernelDevice device, WeightLayout layout, WeightBuffer first, double probability,
        Predicate<WeightSegment> isMixed)
        : base(layout, probability)
    {
        _device = device;
        _mixed = new DeviceArray<int>(device);
        _mixed.Set(ByBlock(isMixed, 1));
        _first = new WeightBuffer(device, layout.Length);
        _before = new WeightBuffer(device, layout.Length);
        _first.CopyFrom(first);
    }

    /// <inheritdoc/>
    public override void Mix(WeightBuffer weights, ulong key)
    {
        RequireLength(weights);
        _mask = DeviceRun.MaskOf(new DropoutMask(key, Threshold, Scale));
        _before.CopyFrom(weights);
        _device.Run(Mixing, weights.Length, weights.View(), _first.View(), _mixed.View(), _mask);
    }

    /// <inheritdoc/>
    public override void Unmix(WeightBuffer weights, WeightBuffer gradients)
    {
        RequireLength(weights);
        RequireLength(gradients);
        weights.CopyFrom(_before);
        _device.Run(Unmixing, gradients.Length, gradients.View(), _mixed.View(), _mask);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _mixed.Dispose();
        _first.Dispose();
        _before.Dispose();
    }

    internal static void MixWeights(
        ArrayView<float> weights, ArrayView<float> firsts, ArrayView<int> mixed, DeviceMask mask)
    {
        for (long i = Elements.First(); i < weights.Length; i += Elements.Stride())
        {
            if (mixed[i / WeightLayout.BlockLength] != 0)
            {
                float first = firsts[i];
                weights[i] = first + (mask.Factor((uint)i) * (weights[i] - first));
            }
        }
    }

    internal static void ScaleGradients(
        ArrayView<float> gradients, ArrayView<int> mixed, DeviceMask mask)
    {
        for (long i = Elements.First(); i < gradients.Length; i += Elements.Stride())
        {
            if (mixed[i / WeightLayout.BlockLength] != 0)
            {
                gradients[i] *= mask.Factor((uint)i);
            }
        }
    }
}
