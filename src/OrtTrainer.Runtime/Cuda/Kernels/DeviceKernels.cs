using OrtTrainer.Runtime.Cpu.Kernels;
using OrtTrainer.Runtime.Cuda.Launching;

namespace OrtTrainer.Runtime.Cuda.Kernels;

/// <summary>
/// The operators that have kernels for devices. Those that have none, products of matrices above all, run as their
/// function bodies, whose nodes are the provider's own kernels. A session takes this set alone: with a kernel of the
/// CPU, an operator would be taken there.
/// </summary>
internal static class DeviceKernels
{
    /// <summary>All kernels, as a device compiles them.</summary>
    public static IReadOnlyList<DeviceKernel> All =>
    [
        .. DeviceDropout.Kernels,
        .. DeviceGelu.Kernels,
        .. DeviceLayerNorm.Kernels,
        .. DeviceRmsNorm.Kernels,
        .. DeviceDropoutAddLayerNorm.Kernels,
        .. DeviceNormGradient.Kernels,
        .. DeviceColumnSum.Kernels,
        .. DeviceAttention.Kernels,
        .. DeviceAttentionGrad.Kernels,
        .. DeviceCrossEntropy.Kernels,
        .. DeviceIdCrossEntropy.Kernels,
        .. DevicePackedLogSoftmax.Kernels,
        .. DeviceEmbeddingNorm.Kernels,
        .. DeviceGatherGrad.Kernels,
        .. DeviceRotary.Kernels,
    ];

    /// <summary>The operators on a device.</summary>
    public static IReadOnlyList<KernelDefinition> On(IOperatorDevice device) =>
    [
        DeviceDropout.Define(device),
        .. DeviceGelu.Define(device),
        DeviceLayerNorm.Define(device),
        .. DeviceRmsNorm.Define(device),
        DeviceDropoutAddLayerNorm.Define(device),
        .. DeviceNormGradient.Define(device),
        DeviceColumnSum.Define(device),
        .. DeviceAttention.Define(device),
        .. DeviceAttentionGrad.Define(device),
        .. DeviceCrossEntropy.Define(device),
        .. DeviceIdCrossEntropy.Define(device),
        .. DevicePackedLogSoftmax.Define(device),
        .. DeviceEmbeddingNorm.Define(device),
        DeviceGatherGrad.Define(device),
        DeviceRotary.Define(device),
    ];
}
