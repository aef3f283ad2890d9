using OrtTrainer.Runtime.Cpu.Kernels;
using OrtTrainer.Runtime.Cuda.Launching;
using Family = (
    System.Collections.Generic.IReadOnlyList<OrtTrainer.Runtime.Cuda.Launching.DeviceKernel> Kernels,
    System.Func<
        OrtTrainer.Runtime.Cuda.Kernels.IOperatorDevice,
        System.Collections.Generic.IEnumerable<OrtTrainer.Runtime.Cpu.Kernels.KernelDefinition>> Define);

namespace OrtTrainer.Runtime.Cuda.Kernels;

/// <summary>
/// The operators that have kernels for devices. Those that have none, products of matrices above all, run as their
/// function bodies, whose nodes are the provider's own kernels. A session takes this set alone: with a kernel of the
/// CPU, an operator would be taken there.
/// </summary>
internal static class DeviceKernels
{
    /// <summary>All kernels, as a device compiles them.</summary>
    public static IReadOnlyList<DeviceKernel> All => [.. Families.SelectMany(family => family.Kernels)];

    private static Family[] Families =>
    [
        (DeviceDropout.Kernels, DeviceDropout.Define),
        (DeviceGelu.Kernels, DeviceGelu.Define),
        (DeviceLayerNorm.Kernels, DeviceLayerNorm.Define),
        (DeviceRmsNorm.Kernels, DeviceRmsNorm.Define),
        (DeviceDropoutAddLayerNorm.Kernels, DeviceDropoutAddLayerNorm.Define),
        (DeviceNormGradient.Kernels, DeviceNormGradient.Define),
        (DeviceColumnSum.Kernels, DeviceColumnSum.Define),
        (DeviceAttention.Kernels, DeviceAttention.Define),
        (DeviceAttentionGrad.Kernels, DeviceAttentionGrad.Define),
        (DeviceCrossEntropy.Kernels, DeviceCrossEntropy.Define),
        (DeviceIdCrossEntropy.Kernels, DeviceIdCrossEntropy.Define),
        (DevicePackedLogSoftmax.Kernels, DevicePackedLogSoftmax.Define),
        (DeviceEmbeddingNorm.Kernels, DeviceEmbeddingNorm.Define),
        (DeviceGatherGrad.Kernels, DeviceGatherGrad.Define),
        (DeviceRotary.Kernels, DeviceRotary.Define),
    ];

    /// <summary>The operators on a device.</summary>
    public static IReadOnlyList<KernelDefinition> On(IOperatorDevice device) =>
        [.. Families.SelectMany(family => family.Define(device))];
}
