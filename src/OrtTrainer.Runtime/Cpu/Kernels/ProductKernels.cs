using System.Runtime.Intrinsics.X86;
using OrtTrainer.Graph;
using OrtTrainer.Runtime.Cpu.MachineCode;
using OrtTrainer.Runtime.Cpu.Products;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>The kernels made of products of tiles, in the precisions that this processor has.</summary>
internal static class ProductKernels
{
    /// <summary>
    /// Linear layers in float32 need the 32 wide registers of AVX-512: with fewer they would be no faster than the
    /// Gemm of their body.
    /// </summary>
    public static IEnumerable<KernelDefinition> OfThisProcessor =>
    [
        .. Avx512F.IsSupported ? Linear<FloatTile, ErfGelu>("", ElementType.Float) : [],
        .. Attention<FloatTile>(""),
        .. BFloat16IsSupported ? Linear<BFloat16Tile, ErfGeluBf16>(nameof(Precision.Bf16), ElementType.BFloat16) : [],
        .. BFloat16IsSupported ? Attention<BFloat16Tile>(nameof(Precision.Bf16)) : [],
    ];

    /// <summary>Whether products of bfloat16 have kernels.</summary>
    public static bool BFloat16IsSupported => Processor.HasBFloat16 && ExecutableMemory.IsSupported;

    private static IEnumerable<KernelDefinition> Linear<TTile, TErf>(string suffix, ElementType kept)
        where TTile : struct, ITile
        where TErf : struct, IActivation =>
    [
        .. LinearKernel<TTile>.Define("Linear" + suffix, hasBias: true),
        .. LinearKernel<TTile>.Define("LinearWithoutBias" + suffix, hasBias: false),
        .. LinearGradKernel<TTile>.Define("LinearGrad" + suffix, hasBias: true),
        .. LinearGradKernel<TTile>.Define("LinearWithoutBiasGrad" + suffix, hasBias: false),
        .. LinearInputGradKernel<TTile>.Define("LinearInputGrad" + suffix),
        LinearWeightGradKernel<TTile>.Define("LinearWeightGrad" + suffix),
        LinearCrossEntropyKernel<TTile>.Define("LinearCrossEntropy" + suffix, hasBias: true),
        LinearCrossEntropyKernel<TTile>.Define("LinearCrossEntropyWithoutBias" + suffix, hasBias: false),
        LinearCrossEntropyKernel<TTile>.Define("FrozenLinearCrossEntropy" + suffix, hasBias: true, isFrozen: true),
        LinearCrossEntropyKernel<TTile>.Define(
            "FrozenLinearCrossEntropyWithoutBias" + suffix, hasBias: false, isFrozen: true),
        FeedForwardKernel<TTile, TErf>.Define("FeedForwardGelu" + suffix, kept),
        .. FeedForwardGradKernel<TTile, TErf>.Define("FeedForwardGeluGrad" + suffix, kept),
        FeedForwardKernel<TTile, TanhGelu>.Define("FeedForwardGeluTanh" + suffix, kept),
        .. FeedForwardGradKernel<TTile, TanhGelu>.Define("FeedForwardGeluTanhGrad" + suffix, kept),
        .. Gated<TTile, TErf>(GateActivation.Gelu, suffix, kept),
        .. Gated<TTile, TanhGelu>(GateActivation.GeluTanh, suffix, kept),
        .. Gated<TTile, Silu>(GateActivation.Silu, suffix, kept),
    ];

    private static IEnumerable<KernelDefinition> Gated<TTile, TActivation>(
        GateActivation activation, string suffix, ElementType kept)
        where TTile : struct, ITile
        where TActivation : struct, IActivation =>
    [
        .. GatedFeedForwardKernel<TTile, TActivation>.Define($"FeedForwardGlu{activation}{suffix}", kept),
        .. GatedFeedForwardGradKernel<TTile, TActivation>.Define($"FeedForwardGlu{activation}Grad{suffix}", kept),
    ];

    private static IEnumerable<KernelDefinition> Attention<TTile>(string suffix)
        where TTile : struct, ITile =>
    [
        PackedAttentionKernel<TTile>.Define("PackedAttention" + suffix, AttentionForm.Plain),
        PackedAttentionGradKernel<TTile>.Define("PackedAttentionGrad" + suffix, AttentionForm.Plain),
        PackedAttentionKernel<TTile>.Define("PackedBiasedAttention" + suffix, AttentionForm.Biased),
        PackedAttentionGradKernel<TTile>.Define("PackedBiasedAttentionGrad" + suffix, AttentionForm.Biased),
        PackedAttentionKernel<TTile>.Define("PackedSharedAttention" + suffix, AttentionForm.Shared),
        PackedAttentionGradKernel<TTile>.Define("PackedSharedAttentionGrad" + suffix, AttentionForm.Shared),
    ];
}
