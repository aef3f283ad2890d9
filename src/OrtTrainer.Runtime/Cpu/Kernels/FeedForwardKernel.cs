using OrtTrainer.Graph;
using OrtTrainer.Runtime.Cpu.Products;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// <c>FeedForwardGelu(x [T, K], w1 [N, K], b1 [N], w2 [M, N], b2 [M]) -> y [T, M], h [T, N]</c>: h = x · w1ᵀ + b1, y =
/// GELU(h) · w2ᵀ + b2; N is a multiple of 32. GELU(h) lies in working memory only, and h is kept in the precision of
/// the products.
/// </summary>
internal sealed unsafe class FeedForwardKernel<TTile, TGelu>(KernelDefinition definition) : Kernel
    where TTile : struct, ITile
    where TGelu : struct, IActivation
{
    /// <summary>The operator under its name.</summary>
    /// <param name="name">Its type.</param>
    /// <param name="kept">The type of h.</param>
    public static KernelDefinition Define(string name, ElementType kept)
    {
        KernelDefinition? definition = null;
        return definition = new KernelDefinition(
            name, [.. Enumerable.Repeat(ElementType.Float, 5)], 2,
            _ => new FeedForwardKernel<TTile, TGelu>(definition!))
        {
            OutputTypes = [ElementType.Float, kept],
        };
    }

    public override void Compute(in KernelContext context)
    {
        KernelTensor w2 = context.Input(3);
        LinearShape first = LinearShape.Of(definition, context.Input(0), context.Input(1));
        (int outputs, _) = Shapes.Matrix(definition, "w2", w2);
        Shapes.Require(definition, "b1", context.Input(2), first.Outputs);
        Shapes.Require(definition, "w2", w2, outputs, first.Outputs);
        Shapes.Require(definition, "b2", context.Input(4), outputs);
        RequireWholePanels(definition, first.Outputs);

        nint row = LeftFactor<TTile>.RowBytes(first.Outputs);
        Layout layout = new();
        long x = layout.Add(LeftFactor<TTile>.RowsLength(first.Rows, first.Inputs));
        long activated = layout.Add(first.Rows * (row / sizeof(float)));
        float* scratch = Scratch.ForCall(layout.Length);
        byte* left = LeftFactor<TTile>.Rows(
            context, context.Input(0).Floats, first.Rows, first.Inputs, scratch + x);
        RowProduct<TTile, OutputsOf, GeluEpilogue<TTile, TGelu>>.Run(
            context, left, first.Rows, first.Inputs, new OutputsOf(context.Input(1).Floats, first.Inputs), null,
            first.Outputs, new GeluEpilogue<TTile, TGelu>(
                context.Input(2).Floats, context.Output(1, first.Rows, first.Outputs).Bytes,
                (byte*)(scratch + activated), row));
        RowProduct<TTile, OutputsOf, BiasEpilogue>.Run(
            context, (byte*)(scratch + activated), first.Rows, first.Outputs,
            new OutputsOf(w2.Floats, first.Outputs), context.Output(0, first.Rows, outputs).Floats, outputs,
            new BiasEpilogue(context.Input(4).Floats));
    }

    /// <exception cref="ArgumentException">The inner width is no multiple of 32.</exception>
    public static void RequireWholePanels(KernelDefinition definition, int inner)
    {
        if (inner % Panels.Columns != 0)
        {
            throw new ArgumentException(
                $"{definition.Name}: the inner width is {inner}; expected a multiple of {Panels.Columns}.");
        }
    }
}
