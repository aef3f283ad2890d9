using OrtTrainer.Graph;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// <c>LayerNormGrad(dy [N, H], x [N, H], gamma [H], mean [N], invstd [N]) -> dx [N, H], dgamma [H], dbeta [H]</c>; with
/// a residual, too.
/// </summary>
internal sealed unsafe class LayerNormGradKernel(KernelDefinition definition, ResidualInput residual) : Kernel
{
    public static IEnumerable<KernelDefinition> Definitions => ResidualInput.Both(
        "LayerNormGrad", [.. Enumerable.Repeat(ElementType.Float, 5)],
        [ElementType.Float, ElementType.Float, ElementType.Float],
        (definition, residual, _) => new LayerNormGradKernel(definition, residual));

    public override void Compute(in KernelContext context)
    {
        NormGradient gradient = NormGradient.Of(definition, "x", context);
        gradient.Residual = residual.Read(definition, context, gradient.Rows, gradient.Columns);
        gradient.Dz = context.Output(0, gradient.Rows, gradient.Columns).Floats;
        gradient.Compute(
            context, context.Output(1, gradient.Columns).Floats, context.Output(2, gradient.Columns).Floats);
    }
}
