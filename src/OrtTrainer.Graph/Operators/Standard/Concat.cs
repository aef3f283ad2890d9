namespace OrtTrainer.Graph.Operators.Standard;

internal sealed class Concat : Operator, IGradientRule
{
    public override string Type => "Concat";

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        Shape first = context.Shape(0);
        int axis = first.NormalizeAxis(context.Attributes.Int("axis"));
        Dimension[] along = [.. context.Inputs.Select((_, i) => context.Shape(i)[axis])];
        InferenceContext.Require(
            context.Inputs.All(part =>
                part!.Shape.Rank == first.Rank && part.Shape.With(axis, 1).Fits(first.With(axis, 1))),
            $"the parts may differ in axis {axis} only");
        InferenceContext.Require(context.Inputs.All(part => part!.Type.Element == context.Type(0).Element),
            "the parts must have one element type");
        SymbolicInteger total = along.Aggregate((SymbolicInteger)0, (sum, d) =>
            SymbolicInteger.Add(sum, SymbolicInteger.Of(d))!.Value);
        return [context.Type(0).WithShape(first.With(axis, total.ToDimension()!.Value))];
    }

    internal override IReadOnlyList<SymbolicInteger?>? FoldIntegers(InferenceContext context)
    {
        List<SymbolicInteger?> elements = [];
        foreach (Value? part in context.Inputs)
        {
            if (part!.Integers is null && !part.Shape.IsFixed)
            {
                return null;
            }

            elements.AddRange(
                part.Integers ?? [.. Enumerable.Repeat<SymbolicInteger?>(null, (int)part.Shape.ElementCount)]);
        }

        return context.Shape(0).Rank == 1 && elements.Count <= TensorContent.SmallIntegerCount ? elements : null;
    }

    public IReadOnlyList<Value?> Differentiate(GradientContext context)
    {
        GraphBuilder g = context.Builder;
        int axis = context.Dy.Shape.NormalizeAxis(context.Attributes.Int("axis"));
        Value[] parts = [.. Enumerable.Range(0, context.InputCount).Select(context.In)];
        if (parts.All(part => part.Shape[axis].IsFixed))
        {
            long end = 0;
            return [.. parts.Select(part => g.Slice(context.Dy, axis, end, end += part.Shape[axis].Size))];
        }

        Value sizes = g.Concat(0, [.. parts.Select(part => g.SizeOfAxis(part, axis))]);
        return [.. g.NodeOutputs("", "Split", [context.Dy, sizes], AttributeList.Empty.With("axis", axis))];
    }
}
