using OrtTrainer.Graph;
using OrtTrainer.Runtime.Cpu.Products;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// <c>FeedForwardGeluGrad(dy [T, M], x [T, K], w1 [N, K], w2 [M, N], h [T, N]) -> dx, dw1, db1 [N], dw2, db2 [M]</c>:
/// dh = (dy · w2) · GELU'(h), dx = dh · w1, dw1 = dhᵀ · x, dw2 = dyᵀ · GELU(h), and the biases' gradients the sums of
/// dh and dy over the rows. dh and GELU(h) lie in working memory only, laid out as the products read them. With a
/// residual, too.
/// </summary>
internal sealed unsafe class FeedForwardGradKernel<TTile, TGelu>(KernelDefinition definition, ResidualInput residual)
    : Kernel
    where TTile : struct, ITile
    where TGelu : struct, IActivation
{
    /// <summary>The operator under its name.</summary>
    /// <param name="name">Its type.</param>
    /// <param name="kept">The type of h.</param>
    public static IEnumerable<KernelDefinition> Define(string name, ElementType kept) => ResidualInput.Both(
        name, [.. Enumerable.Repeat(ElementType.Float, 4), kept], [.. Enumerable.Repeat(ElementType.Float, 5)],
        (definition, residual, _) => new FeedForwardGradKernel<TTile, TGelu>(definition, residual));

    public override void Compute(in KernelContext context)
    {
        KernelTensor dy = context.Input(0), x = context.Input(1), w1 = context.Input(2), w2 = context.Input(3);
        LinearShape second = LinearShape.OfGradient(definition, dy, w2);
        LinearShape first = LinearShape.Of(definition, x, w1);
        (int rows, int inner) = (second.Rows, second.Inputs);
        Shapes.Require(definition, "x", x, rows, first.Inputs);
        Shapes.Require(definition, "w1", w1, inner, first.Inputs);
        Shapes.Require(definition, "h", context.Input(4), rows, inner);
        FeedForwardKernel<TTile, TGelu>.RequireWholePanels(definition, inner);
        ColumnSumKernel.Sum(context, dy.Floats, rows, second.Outputs, context.Output(4, second.Outputs).Floats);
        float* db1 = context.Output(2, inner).Floats;
        if (rows == 0)
        {
            new Span<float>(db1, inner).Clear();
        }

        int rowSteps = LeftFactor<TTile>.StepsOf(rows);
        Layout layout = new();
        long dyRows = layout.Add(LeftFactor<TTile>.RowsLength(rows, second.Outputs));
        long dySteps = layout.Add(LeftFactor<TTile>.StepsLength(rows, second.Outputs));
        long dhRows = layout.Add(rows * (LeftFactor<TTile>.RowBytes(inner) / sizeof(float)));
        long dhSteps = layout.Add(LeftFactor<TTile>.StepsLength(rows, inner));
        long activated = layout.Add((long)rowSteps * inner);
        float* s = Scratch.ForCall(layout.Length);
        (nint dyLeft, nint dyTurned) = LeftFactor<TTile>.Both(
            context, dy.Floats, rows, second.Outputs, s + dyRows, s + dySteps);
        RowProduct<TTile, InputsOf, GeluGradEpilogue<TTile, TGelu>>.Run(
            context, (byte*)dyLeft, rows, second.Outputs, new InputsOf(w2.Floats, second.Outputs, inner), null, inner,
            new GeluGradEpilogue<TTile, TGelu>
            {
                H = context.Input(4).Bytes,
                Rows = (byte*)(s + dhRows),
                Steps = (byte*)(s + dhSteps),
                Sum = db1,
                Activated = (byte*)(s + activated),
                Columns = inner,
                RowSteps = rowSteps,
            });
        ResidualProduct<TTile, InputsOf, NoEpilogue>.Run(
            context, (byte*)(s + dhRows), rows, inner, new InputsOf(w1.Floats, inner, first.Inputs),
            context.Output(0, rows, first.Inputs).Floats, first.Inputs, default,
            residual.Read(definition, context, rows, first.Inputs));
        WeightProduct<TTile, FloatRows>.Run(
            context, (byte*)(s + (TTile.ConvertsLeftSteps ? dhSteps : dhRows)), new FloatRows(x.Floats, first.Inputs),
            rows, inner, first.Inputs, context.Output(1, inner, first.Inputs).Floats);
        WeightProduct<TTile, PackedPanels>.Run(
            context, (byte*)dyTurned, new PackedPanels((byte*)(s + activated), rowSteps), rows, second.Outputs, inner,
            context.Output(3, second.Outputs, inner).Floats);
    }
}
