using OrtTrainer.Graph;
using OrtTrainer.Runtime.Cpu.Products;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// <c>Linear(x [T, K], w [N, K], b [N]) -> y [T, N]</c> and <c>LinearWithoutBias(x, w) -> y</c>: y = x · wᵀ + b,
/// each with a residual, too. A weight that is stored in the graph is packed once, when the session opens.
/// </summary>
internal sealed unsafe class LinearKernel<TTile> : Kernel
    where TTile : struct, ITile
{
    private readonly KernelDefinition _definition;
    private readonly bool _hasBias;
    private readonly ResidualInput _residual;
    private readonly ConstantPanels? _panels;

    private LinearKernel(KernelDefinition definition, bool hasBias, ResidualInput residual, KernelAttributes node)
    {
        (_definition, _hasBias, _residual) = (definition, hasBias, residual);
        if (node.Constant(1) is { } weight)
        {
            (int outputs, int inputs) = Shapes.Matrix(definition, "w", weight);
            _panels = outputs > 0 && inputs > 0
                ? ConstantPanels.OfOutputs<TTile>(weight.Floats, outputs, inputs)
                : null;
        }
    }

    /// <summary>The operator under its name.</summary>
    public static IEnumerable<KernelDefinition> Define(string name, bool hasBias) => ResidualInput.Both(
        name, [.. Enumerable.Repeat(ElementType.Float, hasBias ? 3 : 2)], [ElementType.Float],
        (definition, residual, node) => new LinearKernel<TTile>(definition, hasBias, residual, node));

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
        float* residual = _residual.Read(_definition, context, shape.Rows, shape.Outputs);
        float* y = context.Output(0, shape.Rows, shape.Outputs).Floats;
        byte* left = LeftFactor<TTile>.Rows(
            context, x, shape.Rows, shape.Inputs,
            Scratch.ForCall(LeftFactor<TTile>.RowsLength(shape.Rows, shape.Inputs)));
        if (_hasBias)
        {
            KernelTensor b = context.Input(2);
            Shapes.Require(_definition, "b", b, shape.Outputs);
            ResidualProduct<TTile, TFactor, BiasEpilogue>.Run(
                context, left, shape.Rows, shape.Inputs, factor, y, shape.Outputs, new BiasEpilogue(b.Floats),
                residual);
        }
        else
        {
            ResidualProduct<TTile, TFactor, NoEpilogue>.Run(
                context, left, shape.Rows, shape.Inputs, factor, y, shape.Outputs, default, residual);
        }
    }
}
