using OrtTrainer.Graph;
using OrtTrainer.Models.Building;

namespace OrtTrainer.Models.Imported;

/// <summary>
/// Scaled dot-product attention of an exported graph, from the linear layers that make queries, keys and values to the
/// heads put side by side again.
/// </summary>
/// <param name="X">What the layers take, by row.</param>
/// <param name="Layers">The layers.</param>
/// <param name="Heads">Heads of queries.</param>
/// <param name="HeadWidth">Values per head, D.</param>
/// <param name="Scale">What scores are multiplied with.</param>
/// <param name="Mask">What is added to scores, which tells who sees whom.</param>
internal sealed record AttentionSite(
    Value X, QueryKeyValue Layers, int Heads, int HeadWidth, float Scale, Value Mask)
{
    /// <summary>The attention that makes a value; null where it is made in another way.</summary>
    public static AttentionSite? Match(SourceGraph source, Value value)
    {
        if (source.FormOf(value) == TokenForm.None
            || source.Producer(value, "Reshape") is not { } merge
            || source.Producer(merge.Inputs[0], "Transpose") is not { } turn
            || turn.Attributes.Ints("perm") is not [0, 2, 1, 3]
            || source.Producer(turn.Inputs[0], "MatMul") is not { } attended
            || Softmax(source, attended.Inputs[0]!) is not { } softmax
            || source.Producer(softmax.Inputs[0], "Add") is not { } masked
            || Scores(source, masked) is not var (product, mask, outer)
            || attended.Inputs[1]!.Shape is not { Rank: 4 } heads || !heads[1].IsFixed || !heads[3].IsFixed)
        {
            return null;
        }

        (Value query, float left) = Whole(source, product.Inputs[0]!);
        (Value key, float right) = Whole(source, product.Inputs[1]!);
        (Value given, _) = Whole(source, attended.Inputs[1]!);
        if (Layer(source, query) is not var (x, q) || Layer(source, key) is not var (x2, k)
            || Layer(source, given) is not var (x3, v) || x != x2 || x != x3
            || source.FormOf(x) != TokenForm.ByRow)
        {
            return null;
        }

        return new(x, new(q, k, v), (int)heads[1].Size, (int)heads[3].Size, outer * left * right, mask);
    }

    /// <summary>Whether scores are divided by √D, or stay as they are.</summary>
    public bool HasKnownScale => IsScaled || Math.Abs(Scale - 1) < 1e-4;

    /// <summary>Whether scores are divided by √D.</summary>
    public bool IsScaled => Math.Abs((Scale * Math.Sqrt(HeadWidth)) - 1) < 1e-4;

    /// <summary>The softmax behind what guards it against rows of minus infinity.</summary>
    private static Node? Softmax(SourceGraph source, Value value) =>
        source.Producer(value, "Softmax") is { } softmax ? softmax
        : source.Producer(value, "Cast") is { } cast ? Softmax(source, cast.Inputs[0]!)
        : source.Producer(value, "Where") is { } where && source.Producer(where.Inputs[0], "IsNaN") is not null
            ? Softmax(source, where.Inputs[2]!)
        : null;

    /// <summary>The product of queries and keys below a mask, the mask, and the scale between the two.</summary>
    private static (Node Product, Value Mask, float Scale)? Scores(SourceGraph source, Node masked)
    {
        for (int place = 0; place < 2; place++)
        {
            Value mask = masked.Inputs[place]!;
            if (!source.IsLearned(mask))
            {
                (Value product, float scale) = Unscaled(source, masked.Inputs[1 - place]!);
                return source.Producer(product, "MatMul") is { } node ? (node, mask, scale) : null;
            }
        }

        return null;
    }

    private static (Value X, float Scale) Unscaled(SourceGraph source, Value value)
    {
        if (source.Producer(value, "Div") is { } div && source.Scalar(div.Inputs[1]) is { } divisor)
        {
            (Value x, float scale) = Unscaled(source, div.Inputs[0]!);
            return (x, scale / divisor);
        }

        if (source.Producer(value, "Mul") is { } mul)
        {
            for (int place = 0; place < 2; place++)
            {
                if (source.Scalar(mul.Inputs[place]) is { } factor)
                {
                    (Value x, float scale) = Unscaled(source, mul.Inputs[1 - place]!);
                    return (x, scale * factor);
                }
            }
        }

        return (value, 1);
    }

    /// <summary>Heads put together again, and what they were multiplied with. Whether they were taken apart in the
    /// usual way is not looked at here: whoever imports compares outputs.</summary>
    private static (Value Whole, float Scale) Whole(SourceGraph source, Value value)
    {
        (Value x, float scale) = Unscaled(source, value);
        while (!(source.FormOf(x) == TokenForm.ByRow && x.Shape.Rank == 3)
            && (source.Producer(x, "Reshape") ?? source.Producer(x, "Transpose")) is { } node)
        {
            (x, float factor) = Unscaled(source, node.Inputs[0]!);
            scale *= factor;
        }

        return (x, scale);
    }

    /// <summary>What a layer takes, by row, and its name: a layer of its own, or a part of one that makes queries, keys
    /// and values.</summary>
    private static (Value X, LinearName Name)? Layer(SourceGraph source, Value value)
    {
        if (LinearSite.Match(source, value) is { } own)
        {
            return (Unflattened(source, own.X), own.Name);
        }

        if (source.Producer(value, "Split") is not { } split || split.Outputs.Count != 3
            || LinearSite.Match(source, Unflattened(source, split.Inputs[0]!)) is not { } stack
            || stack.Outputs % 3 != 0 || stack.Outputs / 3 != value.Shape[-1].Size)
        {
            return null;
        }

        int part = split.Outputs.ToList().IndexOf(value);
        return (Unflattened(source, stack.X), new LinearName($"{stack.Stem}.{part}")
        {
            InputsFirst = stack.InputsFirst,
            HasBias = stack.Bias is not null,
        }.PartOf(stack.Stem, part, parts: 3, stack.Outputs / 3));
    }

    private static Value Unflattened(SourceGraph source, Value value) =>
        source.Producer(value, "Reshape") is { } reshape
            && source.FormOf(value) != TokenForm.None && source.FormOf(reshape.Inputs[0]!) != TokenForm.None
            && value.Shape[-1] == reshape.Inputs[0]!.Shape[-1]
            ? Unflattened(source, reshape.Inputs[0]!)
            : value;
}
