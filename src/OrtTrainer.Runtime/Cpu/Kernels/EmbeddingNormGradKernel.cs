using OrtTrainer.Graph;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// <c>EmbeddingNormGrad(dy [N, H], z [N, H], gamma [H], mean [N], invstd [N], key [2]) -> dz [N, H], dgamma, dbeta
/// [H]</c>, attributes <c>p</c>, <c>site</c>: the gradient of layer normalization at dy · mask.
/// </summary>
internal sealed unsafe class EmbeddingNormGradKernel(KernelAttributes attributes) : Kernel
{
    private readonly DropoutSite _dropout = new(attributes);

    public static KernelDefinition Definition { get; } = new(
        "EmbeddingNormGrad",
        [
            ElementType.Float, ElementType.Float, ElementType.Float, ElementType.Float, ElementType.Float,
            ElementType.Int64,
        ],
        3,
        attributes => new EmbeddingNormGradKernel(attributes));

    public override void Compute(in KernelContext context)
    {
        NormGradient gradient = NormGradient.Of(Definition, "z", context);
        gradient.Dz = context.Output(0, gradient.Rows, gradient.Columns).Floats;
        gradient.MaskOfDy = _dropout.Mask(context.Input(5));
        gradient.Compute(
            context, context.Output(1, gradient.Columns).Floats, context.Output(2, gradient.Columns).Floats);
    }
}
