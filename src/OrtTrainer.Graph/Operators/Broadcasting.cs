namespace OrtTrainer.Graph.Operators;

/// <summary>ONNX's multidirectional broadcasting, for shapes and for gradients.</summary>
internal static class Broadcasting
{
    /// <summary>The common shape of two operands.</summary>
    /// <exception cref="GraphException">Two axes differ and neither is 1.</exception>
    public static Shape Combine(Shape a, Shape b)
    {
        int rank = Math.Max(a.Rank, b.Rank);
        Dimension[] result = new Dimension[rank];
        for (int i = 1; i <= rank; i++)
        {
            Dimension left = i <= a.Rank ? a[-i] : 1;
            Dimension right = i <= b.Rank ? b[-i] : 1;
            result[^i] = Combine(left, right)
                ?? throw new GraphException(
                    $"the shapes {a} and {b} do not broadcast: axis -{i} is {left} and {right}");
        }

        return new(result);
    }

    /// <summary>
    /// An unknown size beside a known one other than 1 is either 1 or the same, so the known one results.
    /// </summary>
    private static Dimension? Combine(Dimension a, Dimension b) =>
        a == b || b == 1 ? a
        : a == 1 || a.IsUnknown ? b
        : b.IsUnknown ? a
        : (Dimension?)null;

    /// <summary>
    /// Sums a gradient over the axes along which its operand was repeated, so that it gets the operand's shape.
    /// </summary>
    public static Value ReduceTo(GraphBuilder builder, Value gradient, Shape target)
    {
        if (gradient.Shape.Equals(target))
        {
            return gradient;
        }

        int extra = gradient.Shape.Rank - target.Rank;
        for (int i = 0; i < target.Rank; i++)
        {
            if (target[i] != 1 && target[i] != gradient.Shape[i + extra])
            {
                throw new GraphException(
                    $"Whether axis {i} of {target} was repeated to give {gradient.Shape} is not known while " +
                    "building, so its gradient cannot be formed; give the axis a fixed size or a name.");
            }
        }

        long[] repeated = [.. Enumerable.Range(0, target.Rank)
            .Where(i => target[i] == 1 && gradient.Shape[i + extra] != 1).Select(i => (long)(i + extra))];
        if (repeated.Length > 0)
        {
            gradient = builder.ReduceSum(gradient, repeated, keepAxes: true);
        }

        return extra == 0
            ? gradient
            : builder.ReduceSum(gradient, [.. Enumerable.Range(0, extra).Select(i => (long)i)], keepAxes: false);
    }
}
