namespace OrtTrainer.Graph.Operators.Standard;

/// <summary>The largest or smallest of any number of operands that broadcast.</summary>
internal abstract class Extreme : Operator, IGradientRule
{
    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        ElementType element = context.Type(0).Element;
        InferenceContext.Require(context.Inputs.All(x => x?.Type.Element == element),
            $"all operands must be {element}");
        return [new(element, context.Inputs.Aggregate(Shape.Scalar, (shape, x) =>
            Broadcasting.Combine(shape, x!.Shape)))];
    }

    internal override IReadOnlyList<SymbolicInteger?>? FoldIntegers(InferenceContext context) =>
        context.Inputs.Count == 2
            ? IntegerFolding.Combine(context, (a, b) =>
                a == b ? a : a.IsNumber && b.IsNumber ? Fold(a.Number, b.Number) : (SymbolicInteger?)null)
            : null;

    /// <summary>Equal operands share the gradient alike, as in PyTorch.</summary>
    public IReadOnlyList<Value?> Differentiate(GradientContext context)
    {
        GraphBuilder g = context.Builder;
        ElementType element = context.Dy.Type.Element;
        Value[] chosen = [.. Enumerable.Range(0, context.InputCount)
            .Select(i => g.Cast(g.Node("Equal", [context.In(i), context.Out(0)]), element))];
        Value share = g.Div(context.Dy, g.Sum(chosen));
        return [.. chosen.Select((mask, i) =>
            context.Needs(i) ? g.ReduceTo(g.Mul(mask, share), context.In(i).Shape) : null)];
    }

    protected abstract long Fold(long a, long b);
}

internal sealed class Max : Extreme
{
    public override string Type => "Max";

    protected override long Fold(long a, long b) => Math.Max(a, b);
}

internal sealed class Min : Extreme
{
    public override string Type => "Min";

    protected override long Fold(long a, long b) => Math.Min(a, b);
}
