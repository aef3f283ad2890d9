using OrtTrainer.Graph;
using OrtTrainer.Runtime.Cpu.Products;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// <c>Linear(x [T, K], w [N, K], b [N]) -> y [T, N]</c> and <c>LinearWithoutBias(x, w) -> y</c>: y = x · wᵀ + b.
/// </summary>
internal sealed unsafe class LinearKernel<TTile>(KernelDefinition definition, bool hasBias) : Kernel
    where TTile : struct, ITile
{
    /// <summary>The operator under its name.</summary>
    public static KernelDefinition Define(string name, bool hasBias)
    {
        KernelDefinition? definition = null;
        ElementType[] inputs = [.. Enumerable.Repeat(ElementType.Float, hasBias ? 3 : 2)];
        return definition = new KernelDefinition(
            name, inputs, 1, _ => new LinearKernel<TTile>(definition!, hasBias));
    }

    public override void Compute(in KernelContext context)
    {
        LinearShape shape = LinearShape.Of(definition, context.Input(0), context.Input(1));
        float* x = context.Input(0).Floats;
        float* w = context.Input(1).Floats;
        float* y = context.Output(0, shape.Rows, shape.Outputs).Floats;
        byte* left = LeftFactor<TTile>.Rows(
            context, x, shape.Rows, shape.Inputs,
            Scratch.ForCall(LeftFactor<TTile>.RowsLength(shape.Rows, shape.Inputs)));
        OutputsOf factor = new(w, shape.Inputs);
        if (hasBias)
        {
            KernelTensor b = context.Input(2);
            Shapes.Require(definition, "b", b, shape.Outputs);
            RowProduct<TTile, OutputsOf, BiasEpilogue>.Run(
                context, left, shape.Rows, shape.Inputs, factor, y, shape.Outputs, new BiasEpilogue(b.Floats));
        }
        else
        {
            RowProduct<TTile, OutputsOf, NoEpilogue>.Run(
                context, left, shape.Rows, shape.Inputs, factor, y, shape.Outputs, default);
        }
    }
}
