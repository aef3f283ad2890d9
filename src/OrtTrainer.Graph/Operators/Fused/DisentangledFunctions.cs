using OrtTrainer.Graph.Functions;

namespace OrtTrainer.Graph.Operators.Fused;

/// <summary>What the bodies of <see cref="DisentangledAttention"/> and of its gradient share.</summary>
internal static class DisentangledFunctions
{
    public static IReadOnlyList<FunctionDefinition> All { get; } =
    [
        // [R, heads D] -> [heads, R, D] and back.
        FunctionDefinition.Parse(
            "RelativeToHeads(x; int heads) => y",
            "y = Transpose<perm = [1, 0, 2]>(Reshape(x, Concat<axis = 0>([0], Reshape(@heads, [1]), [-1])))"),
        FunctionDefinition.Parse(
            "RelativeFromHeads(x) => y", "y = Reshape(Transpose<perm = [1, 0, 2]>(x), [0, -1])"),

        // The row of the relative positions that belongs to query i and key j, as the last two axes, [B, heads, S, S].
        FunctionDefinition.Parse(
            "RelativeIndex(token, buckets; int heads) => index",
            """
            length = Slice(Shape(token), [1], [2], [0])
            position = Range(0, Squeeze(length, [0]), 1)
            last = Sub(Size(buckets), 1)
            place = Add(Sub(Unsqueeze(position, [1]), Unsqueeze(position, [0])), Div(last, 2))
            sizes = Concat<axis = 0>(Slice(Shape(token), [0], [1], [0]), Reshape(@heads, [1]), length, length)
            index = Expand(Gather(buckets, Min(Max(place, 0), last)), sizes)
            """),

        // Of queries or keys [B, heads, S, D] and relative rows [heads, R, D]: x · row at the index, [B, heads, S, S].
        FunctionDefinition.Parse(
            "RelativeScores(x, rows, index) => scores",
            "scores = GatherElements<axis = 3>(MatMul(x, Transpose<perm = [0, 2, 1]>(rows)), index)"),

        // The gradients of that: dx, and drows added up over the batch.
        FunctionDefinition.Parse(
            "RelativeScoresGrad(dscores, x, rows, index) => dx, drows",
            """
            sizes = Concat<axis = 0>(Slice(Shape(x), [0], [3], [0]), Slice(Shape(rows), [1], [2], [0]))
            all = ScatterElements<axis = 3, reduction = add>(ConstantOfShape(sizes), index, dscores)
            dx = MatMul(all, rows)
            drows = ReduceSum<keepdims = 0>(MatMul(Transpose<perm = [0, 1, 3, 2]>(all), x), [0])
            """),

        // Scores of content and of both kinds of distance, [B, heads, S, S].
        FunctionDefinition.Parse(
            "DisentangledScores(q, k, rq, rk, index, bias; float scale) => scores",
            """
            content = MatMul(q, Transpose<perm = [0, 1, 3, 2]>(k))
            turned = Transpose<perm = [0, 1, 3, 2]>(index)
            places = Transpose<perm = [0, 1, 3, 2]>(RelativeScores(k, rq, turned))
            scores = Add(Mul(Add(content, Add(RelativeScores(q, rk, index), places)), @scale), bias)
            """),
    ];
}
