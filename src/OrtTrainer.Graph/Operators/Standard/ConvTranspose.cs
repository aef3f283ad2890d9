namespace OrtTrainer.Graph.Operators.Standard;

/// <summary>The transposed convolution of x [B, O, ...] with kernels [O, C / group, ...]: the gradient of
/// <see cref="Conv"/> in its input.</summary>
internal sealed class ConvTranspose : Operator
{
    public override string Type => "ConvTranspose";

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        (Shape x, Shape w) = (context.Shape(0), context.Shape(1));
        InferenceContext.Require(
            x.Rank > 2 && w.Rank == x.Rank && w.IsFixed && x[1].Fits(w[0]), $"kernels {w} do not fit {x}");
        WindowSizes sizes = new(context.Attributes, new Shape(w.Skip(2)).ToSizes());
        long[] added = context.Attributes.Ints("output_padding") ?? new long[sizes.Kernel.Count];
        Dimension Size(Dimension size, int axis) => size.IsFixed
            ? (sizes.Strides[axis] * (size.Size - 1)) + added[axis] + (sizes.Dilations[axis] * (sizes.Kernel[axis] - 1))
                + 1 - sizes.Pads[axis] - sizes.Pads[axis + sizes.Kernel.Count]
            : context.NewDimension();
        return
        [
            context.Type(0).WithShape(new Shape(
                [x[0], w[1].Size * context.Attributes.Int("group", 1), .. x.Skip(2).Select(Size)])),
        ];
    }
}
