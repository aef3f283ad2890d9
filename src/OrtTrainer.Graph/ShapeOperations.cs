namespace OrtTrainer.Graph;

/// <summary>Shapes that follow another value, with constants where sizes are fixed and run-time sizes where they are named.</summary>
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
            return g.Reshape(x, [.. like.Shape.Select(d => d.IsFixed ? d.Size : -1)]);
        }

        Value reshaped = g.Node("Reshape", [x, g.ShapeOf(like)]);
        return g.Assume(reshaped, like.Shape);
    }

    /// <summary>x as a matrix of the given row count and width.</summary>
    public static Value ReshapeRows(this GraphBuilder g, Value x, Dimension rows, Dimension width)
    {
        if (!width.IsFixed)
        {
            throw new GraphException($"The width of {x} must be fixed to make rows of it.");
        }

        Value reshaped = g.Reshape(x, -1, width.Size);
        return reshaped.Shape[0] == rows ? reshaped : g.Assume(reshaped, new Shape(rows, width));
    }

    /// <summary>Zeros shaped as x except for <paramref name="size"/> along one axis.</summary>
    public static Value ZerosLike(this GraphBuilder g, Value x, int axis, long size)
    {
        Shape shape = x.Shape.With(axis, size);
        if (shape.IsFixed)
        {
            return g.Node("ConstantOfShape", [g.Constant(shape.ToSizes())]);
        }

        Value source = g.ShapeOf(x);
        Value sizes = g.Concat(0, [.. Enumerable.Range(0, shape.Rank).Select(i =>
            i == axis ? g.Constant([size]) : shape[i].IsFixed ? g.Constant([shape[i].Size]) : g.Slice(source, 0, i, i + 1))]);
        return g.Assume(g.Node("ConstantOfShape", [sizes]), shape);
    }
}
