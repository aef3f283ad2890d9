using OrtTrainer.Graph.Functions;

namespace OrtTrainer.Graph.Operators.Fused;

/// <summary>
/// The end of every post-norm transformer block: z = residual + dropout(x), y = LayerNorm(z); z is kept for the
/// gradient.
/// </summary>
internal sealed class DropoutAddLayerNorm : FusedOperator, IGradientRule
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

    /// <summary>z may be used too, as pre-norm blocks do.</summary>
    public IReadOnlyList<Value?> Differentiate(GradientContext context)
    {
        context.RequireNoGradientFrom(output: 2);
        GraphBuilder g = context.Builder;
        AttributeList attributes = AttributeList.Empty
            .With("p", context.Attributes.Float("p")).With("site", context.Attributes.Int("site"));
        IReadOnlyList<Value> gradients = g.NodeOutputs(Domain, "DropoutAddLayerNormGrad",
            [context.Dy, context.Out(1), context.In(2), context.Out(2), context.Out(3), context.In(4)], attributes);
        if (context.OutputGradient(1) is not { } dz)
        {
            return [.. gradients, null];
        }

        Value dropped = g.Dropout(dz, context.In(4), attributes.Float("p"), attributes.Int("site"));
        return [g.Add(gradients[0], dropped), g.Add(gradients[1], dz), gradients[2], gradients[3], null];
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
