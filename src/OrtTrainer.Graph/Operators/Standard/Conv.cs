namespace OrtTrainer.Graph.Operators.Standard;

/// <summary>A convolution of x [B, C, ...] with kernels [O, C / group, ...]; a bias [O] is optional.</summary>
internal sealed class Conv : Operator, IGradientRule
{
    public override string Type => "Conv";

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        (Shape x, Shape w) = (context.Shape(0), context.Shape(1));
        long group = context.Attributes.Int("group", 1);
        InferenceContext.Require(
            x.Rank > 2 && w.Rank == x.Rank && w[0].IsFixed && w[0].Size % group == 0
                && (group == 1 ? x[1].Fits(w[1]) : x[1].Size == group * w[1].Size),
            $"kernels {w} in {group} groups do not fit {x}");
        WindowSizes sizes = SizesOf(context.Attributes, w);
        return
        [
            context.Type(0).WithShape(
                new Shape([x[0], w[0], .. sizes.Windows([.. x.Skip(2)], () => context.NewDimension())])),
        ];
    }

    /// <summary>
    /// In x the transposed convolution, which reaches as far as x did. In the kernels a convolution of x with the
    /// outputs' gradients, batch and channels exchanged: what was the stride between windows is the step inside one.
    /// </summary>
    public IReadOnlyList<Value?> Differentiate(GradientContext context)
    {
        GraphBuilder g = context.Builder;
        (Value x, Value w, Value dy) = (context.In(0), context.In(1), context.Dy);
        WindowSizes sizes = SizesOf(context.Attributes, w.Shape);
        Value? dx = context.Needs(0) ? InputGradient(g, context.Attributes, sizes, x, w, dy) : null;
        Value? dw = context.Needs(1) ? KernelGradient(g, context, sizes, x, w, dy) : null;
        if (!context.HasInput(2))
        {
            return [dx, dw];
        }

        long[] others = [.. Enumerable.Range(0, dy.Shape.Rank).Where(axis => axis != 1).Select(axis => (long)axis)];
        return [dx, dw, context.Needs(2) ? g.ReduceSum(dy, others, keepAxes: false) : null];
    }

    private static WindowSizes SizesOf(AttributeList attributes, Shape kernels) =>
        new(attributes, new Shape(kernels.Skip(2)).ToSizes());

    private static Value InputGradient(
        GraphBuilder g, AttributeList attributes, WindowSizes sizes, Value x, Value w, Value dy)
    {
        RequireFixed(x);
        AttributeList transposed = AttributeList.Empty
            .With("strides", sizes.Strides).With("dilations", sizes.Dilations).With("pads", sizes.Pads)
            .With("output_padding", sizes.Rest([.. x.Shape.Skip(2)])).With("group", attributes.Int("group", 1));
        return g.Assume(g.Node("ConvTranspose", [dy, w], transposed), x.Shape);
    }

    private static Value KernelGradient(
        GraphBuilder g, GradientContext context, WindowSizes sizes, Value x, Value w, Value dy)
    {
        RequireFixed(x);
        if (context.Attributes.Int("group", 1) != 1)
        {
            throw new GraphException($"Conv has a gradient rule for kernels in one group only (node " +
                $"'{context.NodeName}').");
        }

        long[] exchange = [1, 0, .. Enumerable.Range(2, x.Shape.Rank - 2).Select(axis => (long)axis)];
        Value dw = g.Node("Conv", [g.Transpose(x, exchange), g.Transpose(dy, exchange)],
            AttributeList.Empty.With("strides", sizes.Dilations).With("dilations", sizes.Strides)
                .With("pads", sizes.Pads));
        for (int axis = 0; axis < sizes.Kernel.Count; axis++)
        {
            dw = g.Slice(dw, axis + 2, 0, sizes.Kernel[axis]);
        }

        return g.Assume(g.Transpose(dw, exchange), w.Shape);
    }

    private static void RequireFixed(Value x)
    {
        if (x.Shape.Skip(2).Any(size => !size.IsFixed))
        {
            throw new GraphException($"Conv has a gradient rule for axes of fixed size only, not for {x}.");
        }
    }
}
