namespace OrtTrainer.Graph.Operators.Standard;

/// <summary>
/// Parts of axes with constant steps. A bound that is a named size is taken to lie within its axis.
/// </summary>
internal sealed class Slice : Operator, IGradientRule
{
    public override string Type => "Slice";

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        Shape y = context.Shape(0);
        InferenceContext.Require(!context.Has(3) || context.Constant(3) is not null, "the axes must be constant");
        InferenceContext.Require(!context.Has(4) || context.Constant(4) is not null, "the steps must be constant");
        long[] axes = Axes(context.Shape(1), context.Constant(3));
        for (int i = 0; i < axes.Length; i++)
        {
            int axis = y.NormalizeAxis(axes[i]);
            SymbolicInteger? size = Size(
                y[axis], context.Integers(1)?[i], context.Integers(2)?[i], context.Constant(4)?[i] ?? 1);
            y = y.With(axis, size?.ToDimension() ?? context.NewDimension());
        }

        return [context.Type(0).WithShape(y)];
    }

    internal override IReadOnlyList<SymbolicInteger?>? FoldIntegers(InferenceContext context)
    {
        if (context.Integers(0) is not { } list || context.Shape(0).Rank != 1 || context.Constant(1) is not [long start]
            || context.Constant(2) is not [long end])
        {
            return null;
        }

        long step = context.Constant(4)?[0] ?? 1;
        (long first, long count) = Elements(list.Count, start, end, step);
        return [.. Enumerable.Range(0, (int)count).Select(i => list[(int)(first + (i * step))])];
    }

    /// <summary>Zeros around the gradient.</summary>
    public IReadOnlyList<Value?> Differentiate(GradientContext context)
    {
        GraphBuilder g = context.Builder;
        (Value x, Value dy) = (context.In(0), context.Dy);
        long[] axes = Axes(context.In(1).Shape, context.HasInput(3) ? context.In(3).ConstantIntegers : null);
        if (context.In(1).ConstantIntegers is not { } starts
            || (context.HasInput(4) && context.In(4).ConstantIntegers!.Any(step => step != 1)))
        {
            throw new GraphException(
                $"Slice has a gradient rule for constant starts and steps of 1 only, not in node " +
                $"'{context.NodeName}' of {x}.");
        }

        Value[] before = [.. Enumerable.Repeat(g.Constant([0]), x.Shape.Rank)];
        Value[] after = [.. before];
        for (int i = 0; i < axes.Length; i++)
        {
            int axis = x.Shape.NormalizeAxis(axes[i]);
            (before[axis], after[axis]) = Padding(g, x, dy, axis, starts[i]);
        }

        Value[] pads = [.. before, .. after];
        Value amounts = pads.All(p => p.ConstantIntegers is not null)
            ? g.Constant([.. pads.Select(p => p.ConstantIntegers![0])])
            : g.Concat(0, pads);
        Value dx = g.Assume(g.Node("Pad", [dy, amounts]), x.Shape);
        return [dx, .. Enumerable.Repeat<Value?>(null, context.InputCount - 1)];
    }

    private static (Value Before, Value After) Padding(GraphBuilder g, Value x, Value dy, int axis, long start)
    {
        if (x.Shape[axis].IsFixed && dy.Shape[axis].IsFixed)
        {
            long size = x.Shape[axis].Size;
            long first = Math.Clamp(start < 0 ? start + size : start, 0, size);
            return (g.Constant([first]), g.Constant([size - first - dy.Shape[axis].Size]));
        }

        Value total = g.SizeOfAxis(x, axis);
        Value before = start < 0 ? g.Add(total, g.Constant([start])) : g.Constant([start]);
        return (before, g.Sub(g.Sub(total, before), g.SizeOfAxis(dy, axis)));
    }

    private static long[] Axes(Shape starts, long[]? given)
    {
        InferenceContext.Require(starts.Rank == 1 && starts[0].IsFixed, "the number of starts must be known");
        long[] axes = given ?? [.. Enumerable.Range(0, (int)starts[0].Size).Select(i => (long)i)];
        InferenceContext.Require(axes.Length == starts[0].Size,
            $"{starts[0]} starts were given for {axes.Length} axes");
        return axes;
    }

    private static SymbolicInteger? Size(Dimension axis, SymbolicInteger? start, SymbolicInteger? end, long step)
    {
        InferenceContext.Require(step != 0, "a step is 0");
        if (axis.IsFixed && start is { IsNumber: true } && end is { IsNumber: true })
        {
            return Elements(axis.Size, start.Value.Number, end.Value.Number, step).Count;
        }

        bool untilEnd = end is { IsNumber: true, Number: >= int.MaxValue } || end == SymbolicInteger.Of(axis);
        return step != 1 || start is null || end is null ? null
            : start == 0 && untilEnd ? SymbolicInteger.Of(axis)
            : !end.Value.IsNumber ? SymbolicInteger.Subtract(end.Value, start.Value)
            : start is { IsNumber: true, Number: >= 0 } && !untilEnd && end.Value.Number > start.Value.Number
                ? end.Value.Number - start.Value.Number
            : null;
    }

    /// <summary>The first index and the number of elements that ONNX takes of an axis.</summary>
    private static (long First, long Count) Elements(long size, long start, long end, long step)
    {
        long From(long bound, long low, long high) => Math.Clamp(bound < 0 ? bound + size : bound, low, high);
        return step > 0
            ? (From(start, 0, size), Math.Max(0, (From(end, 0, size) - From(start, 0, size) + step - 1) / step))
            : (From(start, 0, size - 1),
                Math.Max(0, (From(start, 0, size - 1) - From(end, -1, size - 1) - step - 1) / -step));
    }
}

/// <summary>Zeros before and after each axis: the amounts before all axes, then after all.</summary>
internal sealed class Pad : Operator, IGradientRule
{
    public override string Type => "Pad";

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        Shape x = context.Shape(0);
        InferenceContext.Require(
            context.Attributes.String("mode", "constant") == "constant" && !context.Has(2) && !context.Has(3),
            "only padding all axes with zeros is supported");
        InferenceContext.Require(context.Shape(1).Equals(new Shape(2 * x.Rank)),
            $"two amounts for each axis of {x} are needed");
        return [context.Type(0).WithShape(context.Constant(1) is { } pads
            ? new Shape(x.Select((d, i) => pads[i] == 0 && pads[i + x.Rank] == 0 ? d
                : d.IsFixed ? d.Size + pads[i] + pads[i + x.Rank]
                : context.NewDimension()))
            : new Shape(x.Select(_ => context.NewDimension())))];
    }

    public IReadOnlyList<Value?> Differentiate(GradientContext context)
    {
        GraphBuilder g = context.Builder;
        Value x = context.In(0);
        long[] pads = context.In(1).ConstantIntegers ?? throw new GraphException(
            $"Pad has a gradient rule for constant amounts only, not in node '{context.NodeName}'.");
        Value dx = context.Dy;
        for (int axis = 0; axis < x.Shape.Rank; axis++)
        {
            (long before, long after) = (pads[axis], pads[axis + x.Shape.Rank]);
            dx = before == 0 && after == 0 ? dx : g.Slice(dx, axis, before, after == 0 ? long.MaxValue : -after);
        }

        return [g.Assume(dx, x.Shape), null];
    }
}
