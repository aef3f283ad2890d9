namespace OrtTrainer.Graph.Operators.Standard;

internal sealed class Transpose : Operator, IGradientRule
{
    public override string Type => "Transpose";

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        Shape x = context.Shape(0);
        long[] order = Order(context.Attributes, x.Rank);
        InferenceContext.Require(order.Order().SequenceEqual(Enumerable.Range(0, x.Rank).Select(i => (long)i)),
            $"perm [{string.Join(", ", order)}] is not an order of the axes of {x}");
        return [context.Type(0).WithShape(new Shape(order.Select(i => x[(int)i])))];
    }

    public IReadOnlyList<Value?> Differentiate(GradientContext context)
    {
        long[] order = Order(context.Attributes, context.In(0).Shape.Rank);
        long[] inverse = new long[order.Length];
        for (int i = 0; i < order.Length; i++)
        {
            inverse[order[i]] = i;
        }

        return [context.Builder.Transpose(context.Dy, inverse)];
    }

    private static long[] Order(AttributeList attributes, int rank) =>
        attributes.Ints("perm") ?? [.. Enumerable.Range(0, rank).Reverse().Select(i => (long)i)];
}
