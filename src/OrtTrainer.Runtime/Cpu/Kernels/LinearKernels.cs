using System.Runtime.Intrinsics.X86;
using OrtTrainer.Graph;
using OrtTrainer.Runtime.Cpu.MachineCode;
using OrtTrainer.Runtime.Cpu.Products;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>The kernels of linear layers that this processor has; where there is none, the body runs, a Gemm.</summary>
internal static class LinearKernels
{
    /// <summary>
    /// In float32 the tile needs the 32 wide registers of AVX-512; with fewer it would be no faster than ONNX Runtime's
    /// own products.
    /// </summary>
    public static IEnumerable<KernelDefinition> OfThisProcessor =>
    [
        .. Avx512F.IsSupported ? Of<FloatTile>("") : [],
        .. BFloat16IsSupported ? Of<BFloat16Tile>(nameof(Precision.Bf16)) : [],
    ];

    /// <summary>Whether products of bfloat16 have kernels.</summary>
    public static bool BFloat16IsSupported => Processor.HasBFloat16 && ExecutableMemory.IsSupported;

    private static IEnumerable<KernelDefinition> Of<TTile>(string suffix)
        where TTile : struct, ITile =>
    [
        LinearKernel<TTile>.Define("Linear" + suffix, hasBias: true),
        LinearKernel<TTile>.Define("LinearWithoutBias" + suffix, hasBias: false),
        LinearInputGradKernel<TTile>.Define("LinearInputGrad" + suffix),
        LinearWeightGradKernel<TTile>.Define("LinearWeightGrad" + suffix),
    ];
}
