namespace OrtTrainer.Graph.Operators.Standard;

/// <summary>
/// The largest element of each window over x [B, C, ...], and, where <c>storage_order</c> says how places are counted,
/// its place among all elements of x.
/// </summary>
internal sealed class MaxPool : Operator, IGradientRule
{
    private const string Places = "storage_order";

    public override string Type => "MaxPool";

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        Shape x = context.Shape(0);
        long[] kernel = context.Attributes.Ints("kernel_shape") ?? [];
        InferenceContext.Require(x.Rank == kernel.Length + 2, $"kernel_shape [{string.Join(", ", kernel)}] does not " +
            $"fit {x}");
        WindowSizes sizes = new(context.Attributes, kernel);
        Shape y = new([x[0], x[1], .. sizes.Windows([.. x.Skip(2)], () => context.NewDimension())]);
        TensorType largest = context.Type(0).WithShape(y);
        return context.Attributes.Has(Places) ? [largest, new TensorType(ElementType.Int64, y)] : [largest];
    }

    /// <summary>
    /// Each gradient goes to the place of the largest element, where windows overlap several to one. The places are
    /// found by pooling once more: a graph that only predicts does not compute them.
    /// </summary>
    public IReadOnlyList<Value?> Differentiate(GradientContext context)
    {
        GraphBuilder g = context.Builder;
        Value x = context.In(0);
        Value places = g.NodeOutputs("", "MaxPool", [x], context.Attributes.With(Places, 0))[1];
        Value zeros = g.Reshape(g.ExpandLike(g.ConstantLike(0, x), x), -1);
        Value flat = g.Node("ScatterElements", [zeros, g.Reshape(places, -1), g.Reshape(context.Dy, -1)],
            AttributeList.Empty.With("axis", 0).With("reduction", "add"));
        return [g.ReshapeLike(flat, x)];
    }
}
