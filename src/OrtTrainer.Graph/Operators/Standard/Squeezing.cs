namespace OrtTrainer.Graph.Operators.Standard;

internal sealed class Unsqueeze : Operator, IGradientRule
{
    public override string Type => "Unsqueeze";

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        Shape x = context.Shape(0);
        long[] axes = context.Constant(1) ?? throw new GraphException("the axes must be constant");
        int rank = x.Rank + axes.Length;
        HashSet<long> added = [.. axes.Select(a => a < 0 ? a + rank : a)];
        InferenceContext.Require(added.Count == axes.Length && added.All(a => a >= 0 && a < rank),
            $"the axes [{string.Join(", ", axes)}] do not fit a result of {rank} axes");
        Queue<Dimension> rest = new(x);
        return [context.Type(0).WithShape(new Shape(
            [.. Enumerable.Range(0, rank).Select(i => added.Contains(i) ? 1 : rest.Dequeue())]))];
    }

    internal override IReadOnlyList<SymbolicInteger?>? FoldIntegers(InferenceContext context) => context.Integers(0);

    public IReadOnlyList<Value?> Differentiate(GradientContext context) =>
        [context.Builder.Squeeze(context.Dy, context.In(1).ConstantIntegers!), null];
}

/// <summary>Without given axes, all of size 1 go.</summary>
internal sealed class Squeeze : Operator, IGradientRule
{
    public override string Type => "Squeeze";

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        Shape x = context.Shape(0);
        InferenceContext.Require(!context.Has(1) || context.Constant(1) is not null, "the axes must be constant");
        int[] removed = Removed(x, context.Constant(1));
        InferenceContext.Require(removed.All(i => x[i].Fits(1)), $"only axes of size 1 can go from {x}");
        InferenceContext.Require(context.Has(1) || !x.Any(d => d.IsUnknown),
            $"without axes, every size of {x} must be known");
        return [context.Type(0).WithShape(new Shape(x.Where((_, i) => !removed.Contains(i))))];
    }

    internal override IReadOnlyList<SymbolicInteger?>? FoldIntegers(InferenceContext context) => context.Integers(0);

    public IReadOnlyList<Value?> Differentiate(GradientContext context)
    {
        Shape x = context.In(0).Shape;
        int[] removed = Removed(x, context.HasInput(1) ? context.In(1).ConstantIntegers : null);
        Value dx = context.Builder.Unsqueeze(context.Dy, [.. removed.Select(i => (long)i)]);
        return context.HasInput(1) ? [dx, null] : [dx];
    }

    private static int[] Removed(Shape x, long[]? axes) => axes is null
        ? [.. Enumerable.Range(0, x.Rank).Where(i => x[i] == 1)]
        : [.. axes.Select(a => x.NormalizeAxis(a)).Distinct().Order()];
}
