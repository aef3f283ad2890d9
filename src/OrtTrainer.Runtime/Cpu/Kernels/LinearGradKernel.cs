using OrtTrainer.Graph;
using OrtTrainer.Runtime.Cpu.Products;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// <c>LinearGrad(dy [T, N], x [T, K], w [N, K]) -> dx, dw, db [N]</c> and <c>LinearWithoutBiasGrad -> dx, dw</c>: dx =
/// dy · w, dw = dyᵀ · x, db the sum of the rows of dy; each with a residual, too.
/// </summary>
internal sealed unsafe class LinearGradKernel<TTile>(
    KernelDefinition definition, bool hasBias, ResidualInput residual) : Kernel
    where TTile : struct, ITile
{
    /// <summary>The operator under its name.</summary>
    public static IEnumerable<KernelDefinition> Define(string name, bool hasBias) => ResidualInput.Both(
        name, [ElementType.Float, ElementType.Float, ElementType.Float],
        [.. Enumerable.Repeat(ElementType.Float, hasBias ? 3 : 2)],
        (definition, residual, _) => new LinearGradKernel<TTile>(definition, hasBias, residual));

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
        ResidualProduct<TTile, InputsOf, NoEpilogue>.Run(
            context, (byte*)left, rows, outputs, new InputsOf(w.Floats, outputs, inputs),
            context.Output(0, rows, inputs).Floats, inputs, default,
            residual.Read(definition, context, rows, inputs));
        WeightProduct<TTile, FloatRows>.Run(
            context, (byte*)turned, new FloatRows(x.Floats, inputs), rows, outputs, inputs,
            context.Output(1, outputs, inputs).Floats);
    }
}
