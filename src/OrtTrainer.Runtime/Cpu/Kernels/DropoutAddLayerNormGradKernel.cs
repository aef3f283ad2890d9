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
        KernelTensor dy = context.Input(0);
        (int rows, int columns) = Shapes.Matrix(Definition, "dy", dy);
        KernelTensor z = context.Input(1);
        KernelTensor gamma = context.Input(2);
        KernelTensor mean = context.Input(3);
        KernelTensor invstd = context.Input(4);
        Shapes.Require(Definition, "z", z, rows, columns);
        Shapes.Require(Definition, "gamma", gamma, columns);
        Shapes.Require(Definition, "mean", mean, rows);
        Shapes.Require(Definition, "invstd", invstd, rows);
        NormGradient gradient = new()
        {
            Dy = dy.Floats,
            Z = z.Floats,
            Gamma = gamma.Floats,
            Mean = mean.Floats,
            Invstd = invstd.Floats,
            Dx = context.Output(0, rows, columns).Floats,
            Dz = context.Output(1, rows, columns).Floats,
            Rows = rows,
            Columns = columns,
            Mask = _dropout.Mask(context.Input(5)),
        };
        gradient.Compute(context, context.Output(2, columns).Floats, context.Output(3, columns).Floats);
    }
}
