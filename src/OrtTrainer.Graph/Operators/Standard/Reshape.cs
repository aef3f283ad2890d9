namespace OrtTrainer.Graph.Operators.Standard;

internal sealed class Reshape : Operator, IGradientRule
{
    public override string Type => "Reshape";

    internal override int MinimumOpset => 14;

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        Shape x = context.Shape(0);
        if (context.Integers(1) is not { } sizes)
        {
            return [context.Type(0).WithShape(context.ShapeFrom(1))];
        }

        bool zeroCopies = context.Attributes.Int("allowzero", 0) == 0;
        InferenceContext.Require(sizes.Count(size => size == -1) <= 1, "one size at most may be -1");
        int open = Enumerable.Range(0, sizes.Count).FirstOrDefault(i => sizes[i] == -1, -1);
        Dimension[] y = [.. sizes.Select((size, i) => i == open ? 0
            : size is null ? context.NewDimension()
            : zeroCopies && size == 0
                ? i < x.Rank ? x[i] : throw new GraphException($"size {i} is 0 but {x} has no such axis")
            : size.Value.ToDimension() ?? throw new GraphException($"{size} is no size"))];
        if (open >= 0)
        {
            y[open] = Remaining(x, [.. y.Where((_, i) => i != open)]) ?? context.NewDimension();
        }
        else if (x.IsFixed && y.All(d => d.IsFixed))
        {
            InferenceContext.Require(new Shape(y).ElementCount == x.ElementCount,
                $"{x} has not as many elements as {new Shape(y)}");
        }

        return [context.Type(0).WithShape(new Shape(y))];
    }

    internal override IReadOnlyList<SymbolicInteger?>? FoldIntegers(InferenceContext context) => context.Integers(0);

    public IReadOnlyList<Value?> Differentiate(GradientContext context) =>
        [context.Builder.ReshapeLike(context.Dy, context.In(0)), null];

    /// <summary>The size of the axis given as -1: what the other axes leave over, when that can be told.</summary>
    private static Dimension? Remaining(Shape x, IReadOnlyList<Dimension> others)
    {
        SymbolicInteger have = ShapeOf.Count(x);
        SymbolicInteger taken = ShapeOf.Count(new Shape(others));
        InferenceContext.Require(!have.IsNumber || !taken.IsNumber || (taken != 0 && have.Number % taken.Number == 0),
            $"{have} elements do not divide by {taken}");
        return SymbolicInteger.Divide(have, taken)?.ToDimension();
    }
}

/// <summary>x as a matrix, with the axes before <c>axis</c> as rows and the others as columns.</summary>
internal sealed class Flatten : Operator, IGradientRule
{
    public override string Type => "Flatten";

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        Shape x = context.Shape(0);
        long given = context.Attributes.Int("axis", 1);
        int axis = given == x.Rank ? x.Rank : x.NormalizeAxis(given);
        Dimension Product(IEnumerable<Dimension> axes) => ShapeOf.Count(new Shape(axes)).ToDimension()!.Value;
        return [context.Type(0).WithShape(new Shape(Product(x.Take(axis)), Product(x.Skip(axis))))];
    }

    internal override IReadOnlyList<SymbolicInteger?>? FoldIntegers(InferenceContext context) => context.Integers(0);

    public IReadOnlyList<Value?> Differentiate(GradientContext context) =>
        [context.Builder.ReshapeLike(context.Dy, context.In(0))];
}
