using OrtTrainer.Graph;
using OrtTrainer.Runtime.Cpu.Products;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// <c>LinearInputGrad(dy [T, N], w [N, K]) -> dx [T, K]</c>: dx = dy · w; with a residual, too.
/// </summary>
internal sealed unsafe class LinearInputGradKernel<TTile>(KernelDefinition definition, ResidualInput residual) : Kernel
    where TTile : struct, ITile
{
    /// <summary>The operator under its name.</summary>
    public static IEnumerable<KernelDefinition> Define(string name) => ResidualInput.Both(
        name, [ElementType.Float, ElementType.Float], [ElementType.Float],
        (definition, residual, _) => new LinearInputGradKernel<TTile>(definition, residual));

    public override void Compute(in KernelContext context)
    {
        KernelTensor dy = context.Input(0), w = context.Input(1);
        LinearShape shape = LinearShape.OfGradient(definition, dy, w);
        byte* left = LeftFactor<TTile>.Rows(
            context, dy.Floats, shape.Rows, shape.Outputs,
            Scratch.ForCall(LeftFactor<TTile>.RowsLength(shape.Rows, shape.Outputs)));
        ResidualProduct<TTile, InputsOf, NoEpilogue>.Run(
            context, left, shape.Rows, shape.Outputs, new InputsOf(w.Floats, shape.Outputs, shape.Inputs),
            context.Output(0, shape.Rows, shape.Inputs).Floats, shape.Inputs, default,
            residual.Read(definition, context, shape.Rows, shape.Inputs));
    }
}
