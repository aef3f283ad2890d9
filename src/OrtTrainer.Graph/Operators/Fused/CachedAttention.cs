using OrtTrainer.Graph.Functions;

namespace OrtTrainer.Graph.Operators.Fused;

/// <summary>
/// Causal multi-head attention of the newest tokens of B texts, which lie end to end, to all tokens so far: qkv [T, C]
/// holds heads of queries, then K heads of keys and of values, which the former share where they are fewer (Ainslie et
/// al., 2023); offsets [B+1] say where each text's newest tokens start and the last ones end; cached [B] how many
/// tokens of each are in the cache. Keys and values, [B, P, K, D] with room for P tokens of a text, are given back with
/// those of the newest behind the earlier ones: bound to the memory that they come from, they are written in place.
/// Where <c>window</c> is 0 or more, tokens further away are not seen.
/// </summary>
internal sealed class CachedAttention : FusedOperator
{
    public override FunctionDefinition Function { get; } = FunctionDefinition.Parse(
        """
        CachedAttention(qkv, offsets, cached, keys, values; int heads, float scale, int window)
            => y, presentKeys, presentValues
        """,
        """
        token = Range(0, Gather(Shape(qkv), 0), 1)
        ends = Unsqueeze(Slice(offsets, [1], [2147483647], [0]), [0])
        text = ReduceSum<keepdims = 0>(Cast<to = 7>(LessOrEqual(ends, Unsqueeze(token, [1]))), [1])
        before = Sub(cached, Slice(offsets, [0], [-1], [0]))
        place = Add(token, Gather(before, text))
        slots = Concat<axis = 1>(Unsqueeze(text, [1]), Unsqueeze(place, [1]))
        sizes = Slice(Shape(keys), [2], [4], [0])
        shared = Slice(sizes, [0], [1], [0])
        width = Slice(sizes, [1], [2], [0])
        sharing = Div(Reshape(@heads, [1]), shared)
        queries = Mul(Reshape(@heads, [1]), width)
        keyEnd = Add(queries, Mul(shared, width))
        rows = Concat<axis = 0>([-1], sizes)
        presentKeys = ScatterND(keys, slots, Reshape(Slice(qkv, queries, keyEnd, [1]), rows))
        presentValues = ScatterND(values, slots, Reshape(Slice(qkv, keyEnd, [2147483647], [1]), rows))

        # All queries meet the rooms of all texts, and what is not theirs is hidden.
        at = Unsqueeze(Range(0, Gather(Shape(keys), 1), 1), [0, 1])
        own = Equal(Unsqueeze(Range(0, Gather(Shape(keys), 0), 1), [0, 2]), Unsqueeze(text, [1, 2]))
        distance = Sub(Unsqueeze(place, [1, 2]), at)
        near = Or(LessOrEqual(distance, @window), Less(@window, 0))
        seen = And(own, And(GreaterOrEqual(distance, 0), near))
        bias = Unsqueeze(Reshape(Where(seen, 0.0, -1e30), Concat<axis = 0>(Shape(token), [-1])), [0, 2])
        split = Concat<axis = 0>([-1], shared, sharing, width)
        q = Transpose<perm = [1, 0, 2, 3]>(Reshape(Slice(qkv, [0], queries, [1]), split))
        byHead = Concat<axis = 0>(shared, [-1], width)
        k = Reshape(Transpose<perm = [2, 3, 0, 1]>(presentKeys), Concat<axis = 0>(shared, width, [-1]))
        v = Reshape(Transpose<perm = [2, 0, 1, 3]>(presentValues), byHead)
        byToken = Concat<axis = 0>(shared, Shape(token), sharing, [-1])
        scores = Reshape(Mul(MatMul(Reshape(q, byHead), k), @scale), byToken)
        weights = Softmax<axis = -1>(Add(scores, bias))
        merged = Concat<axis = 0>(shared, Mul(Shape(token), sharing), [-1])
        attended = Transpose<perm = [1, 0, 2, 3]>(Reshape(MatMul(Reshape(weights, merged), v), byToken))
        y = Reshape(attended, Concat<axis = 0>([-1], queries))
        """);

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        (Shape qkv, Shape keys, Shape values) = (context.Shape(0), context.Shape(3), context.Shape(4));
        long heads = context.Attributes.Int("heads");
        InferenceContext.Require(
            keys.Rank == 4 && keys[2].IsFixed && keys[3].IsFixed && keys.Equals(values)
                && heads % keys[2].Size == 0,
            $"keys and values must be [B, P, K, D] with K a divisor of {heads} heads, not {keys} and {values}");
        (long shared, long width) = (keys[2].Size, keys[3].Size);
        InferenceContext.Require(qkv.Rank == 2 && qkv[1] == (heads + (2 * shared)) * width,
            $"qkv must be [T, {(heads + (2 * shared)) * width}], not {qkv}");
        InferenceContext.Require(context.Shape(1).Rank == 1 && context.Shape(2).Rank == 1,
            "offsets and cached must be lists");
        return [context.Type(0).WithShape(new(qkv[0], heads * width)), context.Type(3), context.Type(4)];
    }
}
