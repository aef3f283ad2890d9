using OrtTrainer.Graph;
using OrtTrainer.Runtime.Cpu.Products;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary><c>LinearInputGrad(dy [T, N], w [N, K]) -> dx [T, K]</c>: dx = dy · w.</summary>
internal sealed unsafe class LinearInputGradKernel<TTile>(KernelDefinition definition) : Kernel
    where TTile : struct, ITile
{
    /// <summary>The operator under its name.</summary>
    public static KernelDefinition Define(string name)
    {
        KernelDefinition? definition = null;
        return definition = new KernelDefinition(
            name, [ElementType.Float, ElementType.Float], 1, _ => new LinearInputGradKernel<TTile>(definition!));
    }

    public override void Compute(in KernelContext context)
    {
        KernelTensor dy = context.Input(0), w = context.Input(1);
        LinearShape shape = LinearShape.OfGradient(definition, dy, w);
        byte* left = LeftFactor<TTile>.Rows(
            context, dy.Floats, shape.Rows, shape.Outputs,
            Scratch.ForCall(LeftFactor<TTile>.RowsLength(shape.Rows, shape.Outputs)));
        RowProduct<TTile, InputsOf, NoEpilogue>.Run(
            context, left, shape.Rows, shape.Outputs, new InputsOf(w.Floats, shape.Outputs, shape.Inputs),
            context.Output(0, shape.Rows, shape.Inputs).Floats, shape.Inputs, default);
    }
}
