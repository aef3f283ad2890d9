using OrtTrainer.Graph;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// <c>LayerNormGrad(dy [N, H], x [N, H], gamma [H], mean [N], invstd [N]) -> dx [N, H], dgamma [H], dbeta [H]</c>.
/// </summary>
internal sealed unsafe class LayerNormGradKernel : Kernel
{
    public static KernelDefinition Definition { get; } = new(
        "LayerNormGrad",
        [ElementType.Float, ElementType.Float, ElementType.Float, ElementType.Float, ElementType.Float], 3,
        _ => new LayerNormGradKernel());

    public override void Compute(in KernelContext context)
    {
        NormGradient gradient = NormGradient.Of(Definition, "x", context);
        gradient.Dz = context.Output(0, gradient.Rows, gradient.Columns).Floats;
        gradient.Compute(
            context, context.Output(1, gradient.Columns).Floats, context.Output(2, gradient.Columns).Floats);
    }
}
