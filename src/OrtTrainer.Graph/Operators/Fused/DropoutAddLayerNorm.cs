using OrtTrainer.Graph.Functions;

namespace OrtTrainer.Graph.Operators.Fused;

/// <summary>
/// The end of every post-norm transformer block: z = residual + dropout(x), y = LayerNorm(z); z is kept for the gradient.
/// </summary>
internal sealed class DropoutAddLayerNorm : FusedOperator
{
    public override FunctionDefinition Function { get; } = FunctionDefinition.Parse(
        "DropoutAddLayerNorm(x, residual, gamma, beta, key; float epsilon, float p, int site) => y, z, mean, invstd",
        """
        z = Add(residual, Dropout<p = @p, site = @site>(x, key))
        y, mean, invstd = LayerNorm<epsilon = @epsilon>(z, gamma, beta)
        """);

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        LayerNorm.RequireRows(context, 0, 2, 3);
        InferenceContext.Require(context.Shape(0).Equals(context.Shape(1)),
            $"the residual {context.Shape(1)} must have the shape {context.Shape(0)}");
        TensorType rows = context.Type(0).WithShape(new(context.Shape(0)[0]));
        return [context.Type(0), context.Type(0), rows, rows];
    }

    internal override IReadOnlyList<Value?> Differentiate(GradientContext context)
    {
        AttributeList attributes = AttributeList.Empty
            .With("p", context.Attributes.Float("p")).With("site", context.Attributes.Int("site"));
        IReadOnlyList<Value> gradients = context.Builder.NodeOutputs(Domain, "DropoutAddLayerNormGrad",
            [context.Dy, context.Out(1), context.In(2), context.Out(2), context.Out(3), context.In(4)], attributes);
        return [.. gradients, null];
    }
}

/// <summary>Gradients of <see cref="DropoutAddLayerNorm"/>.</summary>
internal sealed class DropoutAddLayerNormGrad : FusedOperator
{
    public override FunctionDefinition Function { get; } = FunctionDefinition.Parse(
        "DropoutAddLayerNormGrad(dy, z, gamma, mean, invstd, key; float p, int site) => dx, dresidual, dgamma, dbeta",
        """
        dresidual, dgamma, dbeta = LayerNormGrad(dy, z, gamma, mean, invstd)
        dx = Dropout<p = @p, site = @site>(dresidual, key)
        """);

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context) =>
        [context.Type(1), context.Type(1), context.Type(2), context.Type(2)];
}
