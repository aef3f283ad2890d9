using OrtTrainer.Graph.Functions;

namespace OrtTrainer.Graph.Operators.Fused;

/// <summary>y [H] = the sum of the rows of x [N, H]: gradients of biases.</summary>
internal sealed class ColumnSum : FusedOperator, IGradientRule
{
    public override FunctionDefinition Function { get; } =
        FunctionDefinition.Parse("ColumnSum(x) => y", "y = ReduceSum<keepdims = 0>(x, [0])");

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        InferenceContext.Require(context.Shape(0).Rank == 2, $"the input must be a matrix, not {context.Shape(0)}");
        return [context.Type(0).WithShape(new(context.Shape(0)[1]))];
    }

    public IReadOnlyList<Value?> Differentiate(GradientContext context) =>
        [context.Builder.ExpandLike(context.Builder.Unsqueeze(context.Dy, 0), context.In(0))];
}

/// <summary>
/// The gradient of picking rows: dx[r] = the sum of dy[t] over all t with indices[t] = r, in the order of t; dx has the
/// given shape. ScatterElements(add) adds in order on ORT's CPU, unlike ScatterND(add).
/// </summary>
internal sealed class GatherGrad : FusedOperator, IGradientRule
{
    public override FunctionDefinition Function { get; } = FunctionDefinition.Parse(
        "GatherGrad(dy, indices, shape) => dx",
        """
        rows = Expand(Unsqueeze(indices, [1]), Shape(dy))
        dx = ScatterElements<axis = 0, reduction = add>(ConstantOfShape(shape), rows, dy)
        """);

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        InferenceContext.Require(context.Shape(0).Rank == 2 && context.Shape(1).Equals(new(context.Shape(0)[0])),
            $"dy must be [T, H] and indices [T], not {context.Shape(0)} and {context.Shape(1)}");
        return [context.Type(0).WithShape(context.Constant(2) is { } sizes
            ? Shape.Of(sizes)
            : new Shape(context.NewDimension(), context.Shape(0)[1]))];
    }

    public IReadOnlyList<Value?> Differentiate(GradientContext context) =>
        [context.Builder.Gather(context.Dy, context.In(1)), null, null];
}
