using OrtTrainer.Graph;
using OrtTrainer.Runtime.Cpu.Products;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary><c>LinearWeightGrad(dy [T, N], x [T, K]) -> dw [N, K]</c>: dw = dyᵀ · x.</summary>
internal sealed unsafe class LinearWeightGradKernel<TTile>(KernelDefinition definition) : Kernel
    where TTile : struct, ITile
{
    /// <summary>The operator under its name.</summary>
    public static KernelDefinition Define(string name)
    {
        KernelDefinition? definition = null;
        return definition = new KernelDefinition(
            name, [ElementType.Float, ElementType.Float], 1, _ => new LinearWeightGradKernel<TTile>(definition!));
    }

    public override void Compute(in KernelContext context)
    {
        KernelTensor dy = context.Input(0), x = context.Input(1);
        LinearShape shape = LinearShape.OfRows(definition, dy, x);
        byte* left = LeftFactor<TTile>.Steps(
            context, dy.Floats, shape.Rows, shape.Outputs,
            Scratch.ForCall(LeftFactor<TTile>.StepsLength(shape.Rows, shape.Outputs)));
        WeightProduct<TTile, FloatRows>.Run(
            context, left, new FloatRows(x.Floats, shape.Inputs), shape.Rows, shape.Outputs, shape.Inputs,
            context.Output(0, shape.Outputs, shape.Inputs).Floats);
    }
}
