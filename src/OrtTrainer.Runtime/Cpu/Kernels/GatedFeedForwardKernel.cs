using OrtTrainer.Graph;
using OrtTrainer.Runtime.Cpu.Products;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// <c>FeedForwardGluGelu(x [T, K], w1 [2N, K], w2 [M, N]) -> y [T, M], h [T, 2N]</c>: h = x · w1ᵀ, y = (act(left) ·
/// right) · w2ᵀ with the halves of h; N is a multiple of 32. act(left) · right lies in working memory only, and h is
/// kept in the precision of the products. With a residual, too.
/// </summary>
internal sealed unsafe class GatedFeedForwardKernel<TTile, TActivation>(
    KernelDefinition definition, ResidualInput residual) : Kernel
    where TTile : struct, ITile
    where TActivation : struct, IActivation
{
    /// <summary>The operator under its name.</summary>
    /// <param name="name">Its type.</param>
    /// <param name="kept">The type of h.</param>
    public static IEnumerable<KernelDefinition> Define(string name, ElementType kept) => ResidualInput.Both(
        name, [ElementType.Float, ElementType.Float, ElementType.Float], [ElementType.Float, kept],
        (definition, residual, _) => new GatedFeedForwardKernel<TTile, TActivation>(definition, residual));

    public override void Compute(in KernelContext context)
    {
        KernelTensor w2 = context.Input(2);
        LinearShape first = LinearShape.Of(definition, context.Input(0), context.Input(1));
        (int outputs, int inner) = Shapes.Matrix(definition, "w2", w2);
        FeedForwardKernel<TTile, TActivation>.RequireWholePanels(definition, inner);
        Shapes.Require(definition, "w1", context.Input(1), 2L * inner, first.Inputs);

        Layout layout = new();
        long x = layout.Add(LeftFactor<TTile>.RowsLength(first.Rows, first.Inputs));
        long gated = layout.Add(first.Rows * (LeftFactor<TTile>.RowBytes(inner) / sizeof(float)));
        float* scratch = Scratch.ForCall(layout.Length);
        byte* left = LeftFactor<TTile>.Rows(
            context, context.Input(0).Floats, first.Rows, first.Inputs, scratch + x);
        RowProduct<TTile, OutputsOf, GateEpilogue<TTile, TActivation>>.RunPairs(
            context, left, first.Rows, first.Inputs, new OutputsOf(context.Input(1).Floats, first.Inputs),
            first.Outputs, new GateEpilogue<TTile, TActivation>(
                context.Output(1, first.Rows, first.Outputs).Bytes, (byte*)(scratch + gated), inner));
        ResidualProduct<TTile, OutputsOf, NoEpilogue>.Run(
            context, (byte*)(scratch + gated), first.Rows, inner, new OutputsOf(w2.Floats, inner),
            context.Output(0, first.Rows, outputs).Floats, outputs, default,
            residual.Read(definition, context, first.Rows, outputs));
    }
}
