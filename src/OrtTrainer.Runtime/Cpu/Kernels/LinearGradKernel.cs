using OrtTrainer.Graph;
using OrtTrainer.Runtime.Cpu.Products;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// <c>LinearGrad(dy [T, N], x [T, K], w [N, K]) -> dx, dw, db [N]</c> and <c>LinearWithoutBiasGrad -> dx, dw</c>: dx =
/// dy · w, dw = dyᵀ · x, db the sum of the rows of dy.
/// </summary>
internal sealed unsafe class LinearGradKernel<TTile>(KernelDefinition definition, bool hasBias) : Kernel
    where TTile : struct, ITile
{
    /// <summary>The operator under its name.</summary>
    public static KernelDefinition Define(string name, bool hasBias)
    {
        KernelDefinition? definition = null;
        return definition = new KernelDefinition(
            name, [ElementType.Float, ElementType.Float, ElementType.Float], hasBias ? 3 : 2,
            _ => new LinearGradKernel<TTile>(definition!, hasBias));
    }

    public override void Compute(in KernelContext context)
    {
        KernelTensor dy = context.Input(0), x = context.Input(1), w = context.Input(2);
        LinearShape shape = LinearShape.OfGradient(definition, dy, w);
        (int rows, int inputs, int outputs) = shape;
        Shapes.Require(definition, "x", x, rows, inputs);
        if (hasBias)
        {
            ColumnSumKernel.Sum(context, dy.Floats, rows, outputs, context.Output(2, outputs).Floats);
        }

        Layout layout = new();
        long asRows = layout.Add(LeftFactor<TTile>.RowsLength(rows, outputs));
        long asSteps = layout.Add(LeftFactor<TTile>.StepsLength(rows, outputs));
        float* scratch = Scratch.ForCall(layout.Length);
        (nint left, nint turned) = LeftFactor<TTile>.Both(
            context, dy.Floats, rows, outputs, scratch + asRows, scratch + asSteps);
        RowProduct<TTile, InputsOf, NoEpilogue>.Run(
            context, (byte*)left, rows, outputs, new InputsOf(w.Floats, outputs, inputs),
            context.Output(0, rows, inputs).Floats, inputs, default);
        WeightProduct<TTile, FloatRows>.Run(
            context, (byte*)turned, new FloatRows(x.Floats, inputs), rows, outputs, inputs,
            context.Output(1, outputs, inputs).Floats);
    }
}
