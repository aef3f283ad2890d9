namespace OrtTrainer.Graph;

/// <summary>
/// Shapes that follow another value, with constants where sizes are fixed and run-time sizes where they are named.
/// </summary>
internal static class ShapeOperations
{
    /// <summary>x repeated to the shape of <paramref name="like"/>.</summary>
    public static Value ExpandLike(this GraphBuilder g, Value x, Value like) => x.Shape.Equals(like.Shape)
        ? x
        : g.Node("Expand", [x, like.Shape.IsFixed ? g.Constant(like.Shape.ToSizes()) : g.ShapeOf(like)]);

    /// <summary>x with its elements arranged as those of <paramref name="like"/>.</summary>
    public static Value ReshapeLike(this GraphBuilder g, Value x, Value like)
    {
        int named = like.Shape.Count(d => !d.IsFixed);
        if (named <= 1)
        {
            return g.Assume(g.Reshape(x, [.. like.Shape.Select(d => d.IsFixed ? d.Size : -1)]), like.Shape);
        }

        Value reshaped = g.Node("Reshape", [x, g.ShapeOf(like)]);
        return g.Assume(reshaped, like.Shape);
    }

    /// <summary>x reshaped to the sizes of <paramref name="like"/> in another order.</summary>
    public static Value ReshapeTo(this GraphBuilder g, Value x, Value like, long[] order)
    {
        Shape shape = new(order.Select(i => like.Shape[(int)i]));
        return shape.Count(d => !d.IsFixed) <= 1
            ? g.Assume(g.Reshape(x, [.. shape.Select(d => d.IsFixed ? d.Size : -1)]), shape)
            : g.Assume(g.Node("Reshape", [x, g.Gather(g.ShapeOf(like), g.Constant(order))]), shape);
    }

    /// <summary>
    /// The size of an axis as a list of one: a constant where it is fixed, else what it is at run time.
    /// </summary>
    public static Value SizeOfAxis(this GraphBuilder g, Value x, int axis) => x.Shape[axis].IsFixed
        ? g.Constant([x.Shape[axis].Size])
        : g.Gather(g.ShapeOf(x), g.Constant([axis]));
}
