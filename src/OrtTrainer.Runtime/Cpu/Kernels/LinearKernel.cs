using OrtTrainer.Graph;
using OrtTrainer.Runtime.Cpu.Products;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// <c>Linear(x [T, K], w [N, K], b [N]) -> y [T, N]</c> and <c>LinearWithoutBias(x, w) -> y</c>: y = x · wᵀ + b. A
/// weight that is stored in the graph is packed once, when the session opens.
/// </summary>
internal sealed unsafe class LinearKernel<TTile> : Kernel
    where TTile : struct, ITile
{
    private readonly KernelDefinition _definition;
    private readonly bool _hasBias;
    private readonly ConstantPanels? _panels;

    private LinearKernel(KernelDefinition definition, bool hasBias, KernelAttributes node)
    {
        (_definition, _hasBias) = (definition, hasBias);
        if (node.Constant(1) is { } weight)
        {
            (int outputs, int inputs) = Shapes.Matrix(definition, "w", weight);
            _panels = outputs > 0 && inputs > 0
                ? ConstantPanels.OfOutputs<TTile>(weight.Floats, outputs, inputs)
                : null;
        }
    }

    /// <summary>The operator under its name.</summary>
    public static KernelDefinition Define(string name, bool hasBias)
    {
        KernelDefinition? definition = null;
        ElementType[] inputs = [.. Enumerable.Repeat(ElementType.Float, hasBias ? 3 : 2)];
        return definition = new KernelDefinition(
            name, inputs, 1, node => new LinearKernel<TTile>(definition!, hasBias, node));
    }

    public override void Compute(in KernelContext context)
    {
        LinearShape shape = LinearShape.Of(_definition, context.Input(0), context.Input(1));
        if (_panels is { } panels)
        {
            Compute(context, shape, panels.Factor);
        }
        else
        {
            Compute(context, shape, new OutputsOf(context.Input(1).Floats, shape.Inputs));
        }
    }

    protected internal override void Release() => _panels?.Dispose();

    private void Compute<TFactor>(in KernelContext context, LinearShape shape, TFactor factor)
        where TFactor : unmanaged, IRightFactor
    {
        float* x = context.Input(0).Floats;
        float* y = context.Output(0, shape.Rows, shape.Outputs).Floats;
        byte* left = LeftFactor<TTile>.Rows(
            context, x, shape.Rows, shape.Inputs,
            Scratch.ForCall(LeftFactor<TTile>.RowsLength(shape.Rows, shape.Inputs)));
        if (_hasBias)
        {
            KernelTensor b = context.Input(2);
            Shapes.Require(_definition, "b", b, shape.Outputs);
            RowProduct<TTile, TFactor, BiasEpilogue>.Run(
                context, left, shape.Rows, shape.Inputs, factor, y, shape.Outputs, new BiasEpilogue(b.Floats));
        }
        else
        {
            RowProduct<TTile, TFactor, NoEpilogue>.Run(
                context, left, shape.Rows, shape.Inputs, factor, y, shape.Outputs, default);
        }
    }
}
