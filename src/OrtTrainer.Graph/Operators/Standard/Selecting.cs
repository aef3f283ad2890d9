namespace OrtTrainer.Graph.Operators.Standard;

internal sealed class Gather : Operator
{
    public override string Type => "Gather";

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        Shape x = context.Shape(0);
        int axis = x.NormalizeAxis(context.Attributes.Int("axis", 0));
        return [context.Type(0).WithShape(new Shape([.. x.Take(axis), .. context.Shape(1), .. x.Skip(axis + 1)]))];
    }

    /// <summary>
    /// Rows of a matrix only: the sum over repeated indices is a fused operator, because ScatterND(add) loses updates on ORT's
    /// threads and a deterministic order is needed anyway.
    /// </summary>
    internal override IReadOnlyList<Value?> Differentiate(GradientContext context)
    {
        GraphBuilder g = context.Builder;
        Value x = context.In(0);
        if (x.Shape.Rank != 2 || x.Shape.NormalizeAxis(context.Attributes.Int("axis", 0)) != 0)
        {
            throw new GraphException($"Gather has a gradient rule for rows of matrices only, not for {x} in node " +
                $"'{context.NodeName}'.");
        }

        Value indices = context.In(1);
        Value flat = indices.Shape.Rank == 1 ? indices : g.Reshape(indices, -1);
        Value dy = indices.Shape.Rank == 1 ? context.Dy : g.ReshapeRows(context.Dy, flat.Shape[0], x.Shape[1]);
        return [g.GatherGrad(dy, flat, x), null];
    }
}

internal sealed class Concat : Operator
{
    public override string Type => "Concat";

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        Shape first = context.Shape(0);
        int axis = first.NormalizeAxis(context.Attributes.Int("axis"));
        Dimension[] along = [.. context.Inputs.Select((_, i) => context.Shape(i)[axis])];
        InferenceContext.Require(
            context.Inputs.All(part => part!.Shape.Rank == first.Rank && part.Shape.With(axis, 1).Equals(first.With(axis, 1))),
            $"the parts may differ in axis {axis} only");
        Dimension total = along.All(d => d.IsFixed) ? along.Sum(d => d.Size) : context.NewDimension();
        return [context.Type(0).WithShape(first.With(axis, total))];
    }

    internal override long[]? FoldIntegers(Node node) =>
        node.Inputs.All(part => part?.ConstantIntegers is not null)
            ? [.. node.Inputs.SelectMany(part => part!.ConstantIntegers!)]
            : null;

    internal override IReadOnlyList<Value?> Differentiate(GradientContext context)
    {
        GraphBuilder g = context.Builder;
        int axis = context.Dy.Shape.NormalizeAxis(context.Attributes.Int("axis"));
        List<Value?> gradients = [];
        long start = 0;
        for (int i = 0; i < context.InputCount; i++)
        {
            Dimension size = context.In(i).Shape[axis];
            if (!size.IsFixed)
            {
                throw new GraphException($"Concat has a gradient rule for parts of fixed size only, not for {context.In(i)}.");
            }

            gradients.Add(g.Slice(context.Dy, axis, start, start + size.Size));
            start += size.Size;
        }

        return gradients;
    }
}

/// <summary>Contiguous slices with constant bounds along axes of fixed size.</summary>
internal sealed class Slice : Operator
{
    public override string Type => "Slice";

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        Shape y = context.Shape(0);
        (long[] starts, long[] ends, long[] axes) = (Required(context, 1), Required(context, 2), Required(context, 3));
        InferenceContext.Require(!context.Has(4), "steps are not supported");
        for (int i = 0; i < axes.Length; i++)
        {
            int axis = y.NormalizeAxis(axes[i]);
            if (!y[axis].IsFixed)
            {
                y = y.With(axis, starts[i] == 0 && ends[i] == -1 ? context.NewDimension()
                    : starts[i] >= 0 && ends[i] > starts[i] && ends[i] < int.MaxValue ? ends[i] - starts[i] : context.NewDimension());
                continue;
            }

            long size = y[axis].Size;
            long start = Math.Clamp(starts[i] < 0 ? starts[i] + size : starts[i], 0, size);
            long end = Math.Clamp(ends[i] < 0 ? ends[i] + size : ends[i], start, size);
            y = y.With(axis, end - start);
        }

        return [context.Type(0).WithShape(y)];
    }

    /// <summary>Zeros around the gradient, put there by Concat with constants.</summary>
    internal override IReadOnlyList<Value?> Differentiate(GradientContext context)
    {
        GraphBuilder g = context.Builder;
        Value x = context.In(0);
        Value dx = context.Dy;
        long[] axes = context.In(3).ConstantIntegers!;
        for (int i = 0; i < axes.Length; i++)
        {
            int axis = x.Shape.NormalizeAxis(axes[i]);
            long size = x.Shape[axis].IsFixed
                ? x.Shape[axis].Size
                : throw new GraphException($"Slice has a gradient rule along axes of fixed size only, not for {x}.");
            long start = context.In(1).ConstantIntegers![i];
            start = Math.Clamp(start < 0 ? start + size : start, 0, size);
            long after = size - start - dx.Shape[axis].Size;
            Value[] parts = [.. start > 0 ? [g.ZerosLike(dx, axis, start)] : Array.Empty<Value>(), dx,
                .. after > 0 ? [g.ZerosLike(dx, axis, after)] : Array.Empty<Value>()];
            dx = parts.Length == 1 ? dx : g.Concat(axis, parts);
        }

        return [dx, null, null, null];
    }

    private static long[] Required(InferenceContext context, int input) =>
        context.Constant(input) ?? throw new GraphException("starts, ends and axes must be constant");
}

internal sealed class Where : Operator
{
    public override string Type => "Where";

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        InferenceContext.Require(context.Type(0).Element == ElementType.Bool, "the condition must be Bool");
        InferenceContext.Require(context.Type(1).Element == context.Type(2).Element, "both choices must have one type");
        return [context.Type(1).WithShape(
            Broadcasting.Combine(context.Shape(0), Broadcasting.Combine(context.Shape(1), context.Shape(2))))];
    }

    internal override IReadOnlyList<Value?> Differentiate(GradientContext context)
    {
        GraphBuilder g = context.Builder;
        Value zero = g.Constant(0f);
        return
        [
            null,
            g.ReduceTo(g.Where(context.In(0), context.Dy, zero), context.In(1).Shape),
            g.ReduceTo(g.Where(context.In(0), zero, context.Dy), context.In(2).Shape),
        ];
    }
}

internal sealed class Cast : Operator
{
    public override string Type => "Cast";

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context) =>
        [context.Type(0).WithElement((ElementType)context.Attributes.Int("to"))];

    internal override IReadOnlyList<Value?> Differentiate(GradientContext context) =>
        [context.Builder.Cast(context.Dy, context.In(0).Type.Element)];
}
