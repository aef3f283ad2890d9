using OrtTrainer.Graph;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// <c>DropoutAddLayerNormGrad(dy [N, H], z [N, H], gamma [H], mean [N], invstd [N], key [2]) -> dx, dresidual [N, H],
/// dgamma, dbeta [H]</c>, attributes <c>p</c>, <c>site</c>: dresidual is the gradient at z, dx the same through the
/// mask.
/// </summary>
internal sealed unsafe class DropoutAddLayerNormGradKernel(KernelAttributes attributes) : Kernel
{
    private readonly DropoutSite _dropout = new(attributes);

    public static KernelDefinition Definition { get; } = new(
        "DropoutAddLayerNormGrad",
        [
            ElementType.Float, ElementType.Float, ElementType.Float, ElementType.Float, ElementType.Float,
            ElementType.Int64,
        ],
        4,
        attributes => new DropoutAddLayerNormGradKernel(attributes));

    public override void Compute(in KernelContext context)
    {
        NormGradient gradient = NormGradient.Of(Definition, "z", context);
        gradient.Dx = context.Output(0, gradient.Rows, gradient.Columns).Floats;
        gradient.Dz = context.Output(1, gradient.Rows, gradient.Columns).Floats;
        gradient.Mask = _dropout.Mask(context.Input(5));
        gradient.Compute(
            context, context.Output(2, gradient.Columns).Floats, context.Output(3, gradient.Columns).Floats);
    }
}
