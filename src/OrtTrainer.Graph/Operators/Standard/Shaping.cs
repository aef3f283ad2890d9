namespace OrtTrainer.Graph.Operators.Standard;

internal sealed class Reshape : Operator
{
    public override string Type => "Reshape";

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        Shape x = context.Shape(0);
        if (context.Constant(1) is not { } sizes)
        {
            Shape target = context.Shape(1);
            InferenceContext.Require(target.Rank == 1 && target[0].IsFixed, "the number of axes must be known");
            return [context.Type(0).WithShape(new Shape(
                Enumerable.Range(0, (int)target[0].Size).Select(_ => context.NewDimension())))];
        }

        Dimension[] y = [.. sizes.Select((size, i) => size switch { 0 => x[i], -1 => (Dimension)0, _ => size })];
        int open = Array.IndexOf(sizes, -1);
        if (open >= 0)
        {
            y[open] = Remaining(context, x, [.. y.Where((_, i) => i != open)]);
        }
        else if (x.IsFixed && y.All(d => d.IsFixed))
        {
            InferenceContext.Require(new Shape(y).ElementCount == x.ElementCount, $"{x} has not as many elements as {new Shape(y)}");
        }

        return [context.Type(0).WithShape(new Shape(y))];
    }

    internal override IReadOnlyList<Value?> Differentiate(GradientContext context) =>
        [context.Builder.ReshapeLike(context.Dy, context.In(0)), null];

    /// <summary>The size of the axis given as -1: what the other axes leave over, when that can be told.</summary>
    private static Dimension Remaining(InferenceContext context, Shape x, List<Dimension> others)
    {
        List<Dimension> named = [.. x.Where(d => !d.IsFixed)];
        foreach (Dimension d in others.Where(d => !d.IsFixed))
        {
            if (!named.Remove(d))
            {
                return context.NewDimension();
            }
        }

        long have = x.Where(d => d.IsFixed).Aggregate(1L, (n, d) => n * d.Size);
        long taken = others.Where(d => d.IsFixed).Aggregate(1L, (n, d) => n * d.Size);
        return named.Count switch
        {
            0 when taken > 0 && have % taken == 0 => have / taken,
            0 => throw new GraphException($"{have} elements do not divide by {taken}"),
            1 when have == taken => named[0],
            _ => context.NewDimension(),
        };
    }
}

internal sealed class Transpose : Operator
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

    internal override IReadOnlyList<Value?> Differentiate(GradientContext context)
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

internal sealed class Unsqueeze : Operator
{
    public override string Type => "Unsqueeze";

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        Shape x = context.Shape(0);
        long[] axes = context.Constant(1) ?? throw new GraphException("the axes must be constant");
        int rank = x.Rank + axes.Length;
        HashSet<long> added = [.. axes.Select(a => a < 0 ? a + rank : a)];
        InferenceContext.Require(added.Count == axes.Length && added.All(a => a >= 0 && a < rank), "the axes do not fit");
        Queue<Dimension> rest = new(x);
        return [context.Type(0).WithShape(new Shape(
            [.. Enumerable.Range(0, rank).Select(i => added.Contains(i) ? 1 : rest.Dequeue())]))];
    }

    internal override long[]? FoldIntegers(Node node) => node.Inputs[0]?.ConstantIntegers;

    internal override IReadOnlyList<Value?> Differentiate(GradientContext context) =>
        [context.Builder.Squeeze(context.Dy, context.In(1).ConstantIntegers!), null];
}

internal sealed class Squeeze : Operator
{
    public override string Type => "Squeeze";

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        Shape x = context.Shape(0);
        long[] axes = context.Constant(1) ?? throw new GraphException("the axes must be constant");
        HashSet<int> removed = [.. axes.Select(a => x.NormalizeAxis(a))];
        InferenceContext.Require(removed.All(i => x[i] == 1), $"only axes of size 1 can go from {x}");
        return [context.Type(0).WithShape(new Shape(x.Where((_, i) => !removed.Contains(i))))];
    }

    internal override IReadOnlyList<Value?> Differentiate(GradientContext context) =>
        [context.Builder.Unsqueeze(context.Dy, context.In(1).ConstantIntegers!), null];
}

internal sealed class Expand : Operator
{
    public override string Type => "Expand";

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        Shape x = context.Shape(0);
        if (context.Constant(1) is { } sizes)
        {
            return [context.Type(0).WithShape(Broadcasting.Combine(x, Shape.Of(sizes)))];
        }

        // Expanding to the run-time shape of a known value gives that value's shape.
        InferenceContext.Require(context.Inputs[1]!.Producer is { Operator: ShapeOf },
            "the target must be constant or the shape of a value");
        return [context.Type(0).WithShape(Broadcasting.Combine(x, context.Inputs[1]!.Producer!.Inputs[0]!.Shape))];
    }

    internal override IReadOnlyList<Value?> Differentiate(GradientContext context) =>
        [context.Builder.ReduceTo(context.Dy, context.In(0).Shape), null];
}

/// <summary>ONNX's Shape: the sizes of a value at run time.</summary>
internal sealed class ShapeOf : Operator
{
    public override string Type => "Shape";

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context) =>
        [TensorType.Int64(context.Shape(0).Rank)];

    internal override long[]? FoldIntegers(Node node) =>
        node.Inputs[0]!.Shape.IsFixed ? node.Inputs[0]!.Shape.ToSizes() : null;
}
