using OrtTrainer.Graph.Functions;

namespace OrtTrainer.Graph.Operators.Fused;

/// <summary>What the bodies of packed attention share: they pad, attend as usual, and pack again.</summary>
internal static class AttentionFunctions
{
    /// <summary>What operators of attention hand on to the function that attends.</summary>
    internal const string Settings = "<heads = @heads, scale = @scale, p = @p, site = @site>";

    public static IReadOnlyList<FunctionDefinition> All { get; } =
    [
        // token [B, S]: the row of each padded slot, T where it is padding; filled [B, S]: whether it is none; slots
        // [T]: the padded slot of each row.
        FunctionDefinition.Parse(
            "PackedPlaces(x, offsets) => token, filled, slots",
            """
            starts = Slice(offsets, [0], [-1], [0])
            lengths = Sub(Slice(offsets, [1], [2147483647], [0]), starts)
            position = Unsqueeze(Range(0, ReduceMax<keepdims = 0>(lengths), 1), [0])
            filled = Less(position, Unsqueeze(lengths, [1]))
            token = Where(filled, Add(Unsqueeze(starts, [1]), position), Gather(Shape(x), 0))
            slots = Squeeze(NonZero(Reshape(filled, [-1])), [0])
            """),

        // bias [B, 1, S, S]: 0, or -1e30 on padding, under the causal mask 1 on keys after the query, and on keys
        // further away than a window of 0 or more.
        FunctionDefinition.Parse(
            "PackedSlots(x, offsets; int mask, int window) => token, bias, slots",
            """
            token, filled, slots = PackedPlaces(x, offsets)
            position = Unsqueeze(Range(0, Gather(Shape(token), 1), 1), [0])
            query = Unsqueeze(position, [2])
            key = Unsqueeze(position, [1])
            later = And(Less(query, key), Equal(@mask, 1))
            far = And(Greater(Abs(Sub(query, key)), @window), GreaterOrEqual(@window, 0))
            seen = And(Unsqueeze(filled, [1, 2]), Not(Unsqueeze(Or(later, far), [1])))
            bias = Where(seen, 0.0, -1e30)
            """),

        // [T, W] -> [B, heads, S, W / heads], zeros in padding.
        FunctionDefinition.Parse(
            "PackedToHeads(x, token; int heads) => y",
            """
            row = Expand(0.0, Concat<axis = 0>([1], Slice(Shape(x), [1], [2], [0])))
            padded = Gather(Concat<axis = 0>(x, row), token)
            sizes = Concat<axis = 0>(Shape(token), Reshape(@heads, [1]), [-1])
            y = Transpose<perm = [0, 2, 1, 3]>(Reshape(padded, sizes))
            """),

        // [B, heads, S, D] -> [T, heads D].
        FunctionDefinition.Parse(
            "PackedFromHeads(x, slots) => y",
            """
            rows = Transpose<perm = [0, 2, 1, 3]>(x)
            width = Mul(Slice(Shape(rows), [2], [3], [0]), Slice(Shape(rows), [3], [4], [0]))
            y = Gather(Reshape(rows, Concat<axis = 0>([-1], width)), slots)
            """),

        // qkv [T, (heads + 2 keyHeads) D] -> q, k and v [T, heads D]: every head of queries with the keys and values
        // that it shares.
        FunctionDefinition.Parse(
            "PackedShare(qkv; int heads, int keyHeads) => q, k, v",
            """
            width = Div(Gather(Shape(qkv), 1), Add(@heads, Mul(@keyHeads, 2)))
            queries = Reshape(Mul(width, @heads), [1])
            keys = Reshape(Mul(width, @keyHeads), [1])
            q, fewKeys, fewValues = Split<axis = 1>(qkv, Concat<axis = 0>(queries, keys, keys))
            few = Concat<axis = 0>([0], Reshape(@keyHeads, [1]), [1], Reshape(width, [1]))
            more = Concat<axis = 0>([1, 1], Reshape(Div(@heads, @keyHeads), [1]), [1])
            all = Concat<axis = 0>([0], queries)
            k = Reshape(Expand(Reshape(fewKeys, few), more), all)
            v = Reshape(Expand(Reshape(fewValues, few), more), all)
            """),

        // The way back of a gradient of keys or values: [T, heads D] -> [T, keyHeads D].
        FunctionDefinition.Parse(
            "PackedShareGrad(dx; int heads, int keyHeads) => dfew",
            """
            width = Reshape(Div(Gather(Shape(dx), 1), @heads), [1])
            sharing = Reshape(Div(@heads, @keyHeads), [1])
            groups = Concat<axis = 0>([0], Reshape(@keyHeads, [1]), sharing, width)
            sums = ReduceSum<keepdims = 0>(Reshape(dx, groups), [2])
            dfew = Reshape(sums, Concat<axis = 0>([0], Mul(Reshape(@keyHeads, [1]), width)))
            """),

        .. ProductPrecision.All.SelectMany(Attending),

        // The row of relative [D, heads] for query i and key j at [i, j], by the distance j - i: [S, S].
        FunctionDefinition.Parse(
            "PackedDistances(relative, token) => rows",
            """
            furthest = Div(Sub(Gather(Shape(relative), 0), 1), 2)
            position = Range(0, Gather(Shape(token), 1), 1)
            distance = Sub(Unsqueeze(position, [0]), Unsqueeze(position, [1]))
            rows = Add(Min(Max(distance, Neg(furthest)), furthest), furthest)
            """),

        // [D, heads] -> [1, heads, S, S].
        FunctionDefinition.Parse(
            "PackedRelativeBias(relative, token) => bias",
            """
            picked = Gather(relative, PackedDistances(relative, token))
            bias = Unsqueeze(Transpose<perm = [2, 0, 1]>(picked), [0])
            """),

        // [B, heads, S, S] -> [D, heads].
        FunctionDefinition.Parse(
            "PackedRelativeGrad(dbiased, relative, token) => drelative",
            """
            pairs = Transpose<perm = [1, 2, 0]>(ReduceSum<keepdims = 0>(dbiased, [0]))
            rows = Reshape(pairs, Concat<axis = 0>([-1], Slice(Shape(relative), [1], [2], [0])))
            numbers = Reshape(PackedDistances(relative, token), [-1])
            drelative = GatherGrad(rows, numbers, Shape(relative))
            """),

        // The counter of query row t, head h and key position j is 1024 (t heads + h) + j, whatever the padding; every
        // further block of 1024 keys begins 1024 * 2592222 counters, 2^32 over the golden ratio, further.
        FunctionDefinition.Parse(
            "PackedDropoutMask(query, token, key; int heads, float p, int site) => mask",
            """
            head = Unsqueeze(Range(0, @heads, 1), [0, 2])
            row = Unsqueeze(Add(Mul(Unsqueeze(query, [1]), @heads), head), [3])
            position = Range(0, Gather(Shape(token), 1), 1)
            step = Mul(Div(position, 1024), 2654434304)
            index = Add(Mul(row, 1024), Add(position, step))
            mask = DropoutMask<p = @p, site = @site>(index, key)
            """),
    ];

    /// <summary>Attention itself and its gradients, whose products take operands rounded to a precision.</summary>
    private static IEnumerable<FunctionDefinition> Attending(ProductPrecision precision)
    {
        string suffix = Operands.Suffix(precision);
        string Product(string left, string right) => Operands.Wide(
            precision, $"MatMul({Operands.Rounded(precision, left)}, {Operands.Rounded(precision, right)})");
        return
        [
            FunctionDefinition.Parse(
                $"PackedScores{suffix}(q, k, query, token, bias; int heads, float scale) => scores",
                $"""
                keys = Transpose<perm = [0, 1, 3, 2]>(PackedToHeads<heads = @heads>(k, token))
                queries = PackedToHeads<heads = @heads>(q, query)
                scores = Add(Mul({Product("queries", "keys")}, @scale), bias)
                """),

            // Queries [Q, H] to keys and values [T, H]: query [B, Q'] and token [B, S] have the row of each padded
            // slot, querySlots and slots the padded slot of each row, bias what is added to the scores.
            FunctionDefinition.Parse(
                $"PackedAttend{suffix}(q, k, v, query, querySlots, token, bias, key;"
                    + " int heads, float scale, float p, int site) => y, lse",
                $"""
                scores = PackedScores{suffix}<heads = @heads, scale = @scale>(q, k, query, token, bias)
                top = ReduceMax<keepdims = 1>(scores, [-1])
                e = Exp(Sub(scores, top))
                total = ReduceSum<keepdims = 1>(e, [-1])
                kept = PackedDropoutMask<heads = @heads, p = @p, site = @site>(query, token, key)
                weights = Mul(Div(e, total), kept)
                values = PackedToHeads<heads = @heads>(v, token)
                y = PackedFromHeads({Product("weights", "values")}, querySlots)
                lse = PackedFromHeads(Add(top, Log(total)), querySlots)
                """),

            // The gradients of that; dbiased [B, heads, Q', S] is the one of the bias.
            FunctionDefinition.Parse(
                $"PackedAttendGrad{suffix}(dy, q, k, v, y, lse, query, querySlots, token, slots, bias, key;"
                    + " int heads, float scale, float p, int site) => dq, dk, dv, dbiased",
                $"""
                scores = PackedScores{suffix}<heads = @heads, scale = @scale>(q, k, query, token, bias)
                weights = Exp(Sub(scores, PackedToHeads<heads = @heads>(lse, query)))
                kept = PackedDropoutMask<heads = @heads, p = @p, site = @site>(query, token, key)
                dout = PackedToHeads<heads = @heads>(dy, query)
                delta = ReduceSum<keepdims = 1>(Mul(dout, PackedToHeads<heads = @heads>(y, query)), [-1])
                values = Transpose<perm = [0, 1, 3, 2]>(PackedToHeads<heads = @heads>(v, token))
                dweights = Mul({Product("dout", "values")}, kept)
                dbiased = Mul(weights, Sub(dweights, delta))
                dscores = Mul(dbiased, @scale)
                turned = Transpose<perm = [0, 1, 3, 2]>(dscores)
                keys = PackedToHeads<heads = @heads>(k, token)
                queries = PackedToHeads<heads = @heads>(q, query)
                dropped = Transpose<perm = [0, 1, 3, 2]>(Mul(weights, kept))
                dq = PackedFromHeads({Product("dscores", "keys")}, querySlots)
                dk = PackedFromHeads({Product("turned", "queries")}, slots)
                dv = PackedFromHeads({Product("dropped", "dout")}, slots)
                """),
        ];
    }
}
