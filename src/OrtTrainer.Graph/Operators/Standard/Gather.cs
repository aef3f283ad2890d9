namespace OrtTrainer.Graph.Operators.Standard;

internal sealed class Gather : Operator, IGradientRule
{
    public override string Type => "Gather";

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        Shape x = context.Shape(0);
        int axis = x.NormalizeAxis(context.Attributes.Int("axis", 0));
        InferenceContext.Require(context.Type(1).Element is ElementType.Int64 or ElementType.Int32,
            $"the indices must be Int64 or Int32, not {context.Type(1).Element}");
        if (context.Constant(1) is { } indices && x[axis].IsFixed)
        {
            InferenceContext.Require(indices.All(i => i >= -x[axis].Size && i < x[axis].Size),
                $"an index of [{string.Join(", ", indices)}] is outside axis {axis} of {x}");
        }

        return [context.Type(0).WithShape(new Shape([.. x.Take(axis), .. context.Shape(1), .. x.Skip(axis + 1)]))];
    }

    internal override IReadOnlyList<SymbolicInteger?>? FoldIntegers(InferenceContext context) =>
        context.Integers(0) is { } list && context.Constant(1) is { } indices && context.Shape(0).Rank == 1
            ? [.. indices.Select(i => list[(int)(i < 0 ? i + list.Count : i)])]
            : null;

    /// <summary>
    /// The sum over repeated indices is the fused GatherGrad on rows, because ScatterND(add) loses updates on ORT's
    /// threads and a fixed order is needed anyway; other axes are moved to the front for it.
    /// </summary>
    public IReadOnlyList<Value?> Differentiate(GradientContext context)
    {
        GraphBuilder g = context.Builder;
        Value x = context.In(0);
        int axis = x.Shape.NormalizeAxis(context.Attributes.Int("axis", 0));
        Value indices = FromStart(g, context.In(1), x, axis);
        Value flat = indices.Shape.Rank == 1 ? indices : g.Reshape(indices, -1);
        long[] front = [axis, .. Enumerable.Range(0, x.Shape.Rank).Where(i => i != axis).Select(i => (long)i)];
        Shape moved = new(front.Select(i => x.Shape[(int)i]));
        Value rows = Rows(g, context, axis, flat, new Shape(moved.Skip(1)));
        Value table = g.GatherGrad(rows, flat, Sizes(g, x, axis, rows), new Shape(x.Shape[axis], rows.Shape[1]));
        return x.Shape.Rank == 2 && axis == 0
            ? [table, null]
            : [g.Transpose(g.ReshapeTo(table, x, front), Inverse(front)), null];
    }

    /// <summary>dy with the axes of the indices in front, as [number of indices, other elements].</summary>
    private static Value Rows(GraphBuilder g, GradientContext context, int axis, Value flat, Shape others)
    {
        int picked = context.In(1).Shape.Rank;
        long[] order =
        [
            .. Enumerable.Range(axis, picked).Select(i => (long)i),
            .. Enumerable.Range(0, axis).Select(i => (long)i),
            .. Enumerable.Range(axis + picked, context.Dy.Shape.Rank - axis - picked).Select(i => (long)i),
        ];
        Value dy = g.Transpose(context.Dy, order);
        if (picked == 1 && others.Rank == 1)
        {
            return dy;
        }

        if (!flat.Shape.IsFixed && !others.IsFixed)
        {
            throw new GraphException(
                $"Gather has a gradient rule for indices or other axes of fixed size only, not for " +
                $"{context.In(0)} with {context.In(1)} in node '{context.NodeName}'.");
        }

        Value rows = others.IsFixed ? g.Reshape(dy, -1, others.ElementCount) : g.Reshape(dy, flat.Shape[0].Size, -1);
        return g.Assume(rows, rows.Shape.With(0, flat.Shape[0]));
    }

    private static Value Sizes(GraphBuilder g, Value x, int axis, Value rows) =>
        x.Shape[axis].IsFixed && rows.Shape[1].IsFixed
            ? g.Constant([x.Shape[axis].Size, rows.Shape[1].Size])
            : g.Concat(0, g.SizeOfAxis(x, axis), g.SizeOfAxis(rows, 1));

    /// <summary>Constant indices that count from the end count from the start.</summary>
    private static Value FromStart(GraphBuilder g, Value indices, Value x, int axis)
    {
        if (indices.ConstantIntegers is not { } constant || constant.All(i => i >= 0))
        {
            return indices;
        }

        Value zero = g.Cast(g.Constant(0L), indices.Type.Element);
        Value size = g.Cast(g.SizeOfAxis(x, axis), indices.Type.Element);
        Value shifted = g.ReshapeLike(g.Add(g.Reshape(indices, -1), size), indices);
        return g.Where(g.Node("Less", [indices, zero]), shifted, indices);
    }

    private static long[] Inverse(long[] order) =>
        [.. Enumerable.Range(0, order.Length).Select(i => (long)Array.IndexOf(order, i))];
}
