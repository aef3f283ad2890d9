using OrtTrainer.Graph;
using OrtTrainer.Runtime.Cpu.Products;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// <c>FeedForwardGluGeluGrad(dy [T, M], x [T, K], w1 [2N, K], w2 [M, N], h [T, 2N]) -> dx, dw1, dw2</c>: dx = dh · w1,
/// dw1 = dhᵀ · x and dw2 = dyᵀ · g, where g = act(left) · right, dg = dy · w2, and the halves of dh are
/// dg · right · act'(left) and dg · act(left). dh and g lie in working memory only, laid out as the products read them.
/// </summary>
internal sealed unsafe class GatedFeedForwardGradKernel<TTile, TActivation>(KernelDefinition definition) : Kernel
    where TTile : struct, ITile
    where TActivation : struct, IActivation
{
    /// <summary>The operator under its name.</summary>
    /// <param name="name">Its type.</param>
    /// <param name="kept">The type of h.</param>
    public static KernelDefinition Define(string name, ElementType kept)
    {
        KernelDefinition? definition = null;
        return definition = new KernelDefinition(
            name, [.. Enumerable.Repeat(ElementType.Float, 4), kept], 3,
            _ => new GatedFeedForwardGradKernel<TTile, TActivation>(definition!));
    }

    public override void Compute(in KernelContext context)
    {
        KernelTensor dy = context.Input(0), x = context.Input(1), w1 = context.Input(2), w2 = context.Input(3);
        LinearShape second = LinearShape.OfGradient(definition, dy, w2);
        LinearShape first = LinearShape.Of(definition, x, w1);
        (int rows, int inner) = (second.Rows, second.Inputs);
        FeedForwardKernel<TTile, TActivation>.RequireWholePanels(definition, inner);
        Shapes.Require(definition, "x", x, rows, first.Inputs);
        Shapes.Require(definition, "w1", w1, 2L * inner, first.Inputs);
        Shapes.Require(definition, "h", context.Input(4), rows, first.Outputs);

        int rowSteps = LeftFactor<TTile>.StepsOf(rows);
        Layout layout = new();
        long dyRows = layout.Add(LeftFactor<TTile>.RowsLength(rows, second.Outputs));
        long dySteps = layout.Add(LeftFactor<TTile>.StepsLength(rows, second.Outputs));
        long dhRows = layout.Add(rows * (LeftFactor<TTile>.RowBytes(first.Outputs) / sizeof(float)));
        long dhSteps = layout.Add(LeftFactor<TTile>.StepsLength(rows, first.Outputs));
        long gated = layout.Add((long)rowSteps * inner);
        float* s = Scratch.ForCall(layout.Length);
        (nint dyLeft, nint dyTurned) = LeftFactor<TTile>.Both(
            context, dy.Floats, rows, second.Outputs, s + dyRows, s + dySteps);
        RowProduct<TTile, InputsOf, GateGradEpilogue<TTile, TActivation>>.Run(
            context, (byte*)dyLeft, rows, second.Outputs, new InputsOf(w2.Floats, second.Outputs, inner), null, inner,
            new GateGradEpilogue<TTile, TActivation>
            {
                H = context.Input(4).Bytes,
                Rows = (byte*)(s + dhRows),
                Steps = (byte*)(s + dhSteps),
                Gated = (byte*)(s + gated),
                Inner = inner,
                RowSteps = rowSteps,
            });
        RowProduct<TTile, InputsOf, NoEpilogue>.Run(
            context, (byte*)(s + dhRows), rows, first.Outputs, new InputsOf(w1.Floats, first.Outputs, first.Inputs),
            context.Output(0, rows, first.Inputs).Floats, first.Inputs, default);
        WeightProduct<TTile, FloatRows>.Run(
            context, (byte*)(s + (TTile.ConvertsLeftSteps ? dhSteps : dhRows)), new FloatRows(x.Floats, first.Inputs),
            rows, first.Outputs, first.Inputs, context.Output(1, first.Outputs, first.Inputs).Floats);
        WeightProduct<TTile, PackedPanels>.Run(
            context, (byte*)dyTurned, new PackedPanels((byte*)(s + gated), rowSteps), rows, second.Outputs, inner,
            context.Output(2, second.Outputs, inner).Floats);
    }
}
