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
        KernelTensor dy = context.Input(0);
        (int rows, int columns) = Shapes.Matrix(Definition, "dy", dy);
        KernelTensor x = context.Input(1);
        KernelTensor gamma = context.Input(2);
        KernelTensor mean = context.Input(3);
        KernelTensor invstd = context.Input(4);
        Shapes.Require(Definition, "x", x, rows, columns);
        Shapes.Require(Definition, "gamma", gamma, columns);
        Shapes.Require(Definition, "mean", mean, rows);
        Shapes.Require(Definition, "invstd", invstd, rows);
        NormGradient gradient = new()
        {
            Dy = dy.Floats,
            Z = x.Floats,
            Gamma = gamma.Floats,
            Mean = mean.Floats,
            Invstd = invstd.Floats,
            Dz = context.Output(0, rows, columns).Floats,
            Rows = rows,
            Columns = columns,
        };
        gradient.Compute(context, context.Output(1, columns).Floats, context.Output(2, columns).Floats);
    }
}
