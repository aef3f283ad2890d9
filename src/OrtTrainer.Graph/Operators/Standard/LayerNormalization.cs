using OrtTrainer.Graph.Functions;

namespace OrtTrainer.Graph.Operators.Standard;

/// <summary>ONNX's layer normalisation over the axes from <c>axis</c> on; bias is optional.</summary>
internal sealed class LayerNormalization : Operator, IGradientRule
{
    public override string Type => "LayerNormalization";

    internal override int MinimumOpset => 17;

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        Shape x = context.Shape(0);
        int axis = x.NormalizeAxis(context.Attributes.Int("axis", -1));
        Shape normalized = new(x.Skip(axis));
        InferenceContext.Require(
            context.Shape(1).Fits(normalized) && (!context.Has(2) || context.Shape(2).Fits(normalized)),
            $"scale and bias must be {normalized}, the axes of {x} from {axis} on");
        TensorType rows = context.Type(0).WithShape(new Shape(x.Select((d, i) => i < axis ? d : 1)));
        return [context.Type(0), rows, rows];
    }

    /// <summary>
    /// By the fused operators on rows. The forward node of a file keeps no mean and deviation, so they are computed
    /// again, in one pass.
    /// </summary>
    public IReadOnlyList<Value?> Differentiate(GradientContext context)
    {
        context.RequireNoGradientFrom(output: 1);
        GraphBuilder g = context.Builder;
        (Value x, Value scale) = (context.In(0), context.In(1));
        int axis = x.Shape.NormalizeAxis(context.Attributes.Int("axis", -1));
        long width = new Shape(x.Shape.Skip(axis)) is { IsFixed: true } axes
            ? axes.ElementCount
            : throw new GraphException(
                $"LayerNormalization has a gradient rule for axes of fixed size only, not for {x}.");
        Value rows = g.Reshape(x, -1, width);
        Value dy = g.Assume(g.Reshape(context.Dy, -1, width), rows.Shape);
        Value gain = g.Reshape(scale, width);
        IReadOnlyList<Value> forward = g.NodeOutputs(FunctionDefinition.Domain, "LayerNorm", [rows, gain, gain],
            AttributeList.Empty.With("epsilon", context.Attributes.Float("epsilon", 1e-5f)));
        IReadOnlyList<Value> gradients = g.NodeOutputs(
            FunctionDefinition.Domain, "LayerNormGrad", [dy, rows, gain, forward[1], forward[2]]);
        Value dx = g.ReshapeLike(gradients[0], x);
        Value dscale = g.ReshapeLike(gradients[1], scale);
        return context.HasInput(2) ? [dx, dscale, g.ReshapeLike(gradients[2], context.In(2))] : [dx, dscale];
    }
}
