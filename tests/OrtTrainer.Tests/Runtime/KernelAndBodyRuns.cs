using OrtTrainer.Graph;
using OrtTrainer.Graph.Operators.Fused;
using OrtTrainer.Tests.Runtime.Kernels;
using OrtTrainer.Tests.Runtime.Products;

namespace OrtTrainer.Tests.Runtime;

/// <summary>Runs of every fused operator on inputs of one size, for its kernel and for its body.</summary>
internal static class KernelAndBodyRuns
{
    public const int N = 37, H = 24, Heads = 3, Distances = 21, Wide = 41, Inner = 64;
    public static readonly long[] Key = [2_718_281_828, 3_141_592_653];
    public static readonly long[] Offsets = [0, 1, 18, 37];
    public static readonly float[] X = Reference.Random(1, N * H), Dy = Reference.Random(2, N * H);
    public static readonly long[] ClassIds = [.. Enumerable.Range(0, N).Select(t => (long)(t * t % H))];
    public static readonly float[] Gamma = Reference.Random(3, H), Beta = Reference.Random(4, H);
    public static readonly float[] Mean = Reference.Random(5, N, 0.1);
    public static readonly float[] Invstd = [.. Reference.Random(6, N).Select(Math.Abs)];
    public static readonly float[] Relative = Reference.Random(8, Distances * Heads);
    public static readonly float[] Qkv = Reference.Random(7, N * 3 * H);

    // One head of keys and of values for all of queries.
    public const int SharedRow = H + (2 * H / Heads);
    public static readonly float[] SharedQkv = Reference.Random(7, N * SharedRow);
    public static readonly float[] Weight = Reference.Random(9, Wide * H), Bias = Reference.Random(10, Wide);
    public static readonly float[] InnerWeight = Reference.Random(12, Inner * H, 0.2);
    public static readonly float[] OuterWeight = Reference.Random(13, Wide * Inner, 0.2);
    public static readonly float[] WideDy = Reference.Random(11, N * Wide);

    private static readonly Dictionary<string, Func<float, KernelRun>> Runs = Precisions.OfProcessors
        .SelectMany(precision => OfProducts(Operands.Suffix(precision))).Concat(OfOnePrecision()).ToDictionary();

    private static Dictionary<string, Func<float, KernelRun>> OfOnePrecision() => new()
    {
        ["After"] = _ => new KernelRun("After").With(X, N, H).With(Gamma, H),
        ["Dropout"] = p => Dropping("Dropout", p).With(X, N, H).With(Key, 2),
        ["Gelu"] = _ => new KernelRun("Gelu").With(X, N, H),
        ["GeluGrad"] = _ => new KernelRun("GeluGrad").With(Dy, N, H).With(X, N, H),
        ["GeluTanh"] = _ => new KernelRun("GeluTanh").With(X, N, H),
        ["GeluTanhGrad"] = _ => new KernelRun("GeluTanhGrad").With(Dy, N, H).With(X, N, H),
        ["RmsNorm"] = _ => new KernelRun("RmsNorm", ("epsilon", 1e-5f)).With(X, N, H).With(Gamma, H),
        ["RmsNormGrad"] = _ =>
            new KernelRun("RmsNormGrad").With(Dy, N, H).With(X, N, H).With(Gamma, H).With(Invstd, N),
        ["LayerNorm"] = _ => new KernelRun("LayerNorm", ("epsilon", 1e-5f)).With(X, N, H).With(Gamma, H).With(Beta, H),
        ["LayerNormGrad"] = _ =>
            new KernelRun("LayerNormGrad").With(Dy, N, H).With(X, N, H).With(Gamma, H).With(Mean, N).With(Invstd, N),
        ["DropoutAddLayerNorm"] = p => Dropping("DropoutAddLayerNorm", p, ("epsilon", 1e-5f))
            .With(X, N, H).With(Dy, N, H).With(Gamma, H).With(Beta, H).With(Key, 2),
        ["DropoutAddLayerNormGrad"] = p => Dropping("DropoutAddLayerNormGrad", p)
            .With(Dy, N, H).With(X, N, H).With(Gamma, H).With(Mean, N).With(Invstd, N).With(Key, 2),
        ["EmbeddingNorm1"] = p => Embedding(1, p),
        ["EmbeddingNorm2"] = p => Embedding(2, p),
        ["EmbeddingNorm3"] = p => Embedding(3, p),
        ["EmbeddingNorm4"] = p => Embedding(4, p),
        ["EmbeddingNormGrad"] = p => Dropping("EmbeddingNormGrad", p)
            .With(Dy, N, H).With(X, N, H).With(Gamma, H).With(Mean, N).With(Invstd, N).With(Key, 2),
        ["ColumnSum"] = _ => new KernelRun("ColumnSum").With(X, N, H),
        ["GatherGrad"] = _ => new KernelRun("GatherGrad")
            .With(Dy, N, H).With([.. Enumerable.Range(0, N).Select(t => (long)(t * t % 11))], N).With([12L, H], 2),
        ["PackedCrossAttention"] = p => Crossing(p, [0, 5, 5, 17, 18], [0, 1, 18, 37, 37]),
        ["PackedCrossAttentionGrad"] = p => CrossingGrad(p, [0, 5, 5, 17, 18], [0, 1, 18, 37, 37]),
        ["PackedLogSoftmax"] = _ => new KernelRun("PackedLogSoftmax").With(X, N, H).With(Offsets, 4),
        ["PackedLogSoftmaxGrad"] = _ => new KernelRun("PackedLogSoftmaxGrad")
            .With(Dy, N, H).With(Runs!["PackedLogSoftmax"](0).Single(), N, H).With(Offsets, 4),
        ["SoftmaxCrossEntropy"] = _ => new KernelRun("SoftmaxCrossEntropy").With(X, N, H).With(Dy, N, H).With([1.5f]),
        ["SoftmaxCrossEntropyGrad"] = _ =>
        {
            float[][] forward = Runs!["SoftmaxCrossEntropy"](0).Outputs(3);
            return new KernelRun("SoftmaxCrossEntropyGrad").With(Invstd, N).With(X, N, H).With(Dy, N, H).With([1.5f])
                .With(forward[1], N).With(forward[2], N);
        },
        ["IdCrossEntropy"] = _ => new KernelRun("IdCrossEntropy")
            .With(X, N, H).With(ClassIds, N, 1).With([0.7f]).With([0.8f]).With([0.01f]),
        ["IdCrossEntropyGrad"] = _ =>
        {
            float[][] forward = Runs!["IdCrossEntropy"](0).Outputs(3);
            return new KernelRun("IdCrossEntropyGrad").With(Invstd, N).With(X, N, H).With(ClassIds, N, 1)
                .With([0.7f]).With([0.8f]).With([0.01f]).With(forward[1], N).With(forward[2], N);
        },
        ["DisentangledAttention"] = p => Disentangled(p, Offsets, Buckets(12, 5)),
        ["DisentangledAttentionGrad"] = p => DisentangledGrad(p, Offsets, Buckets(12, 5)),
        ["CachedAttention"] = p => new KernelRun(
                "CachedAttention", ("heads", Heads), ("scale", 0.7f), ("window", p > 0 ? 5 : -1))
            .With(Reference.Random(7, N * 5 * 8), N, 5 * 8).With(Offsets, 4).With([4L, 0, 2], 3)
            .With(Reference.Random(14, 3 * 24 * 8), 3, 24, 1, 8).With(Reference.Random(15, 3 * 24 * 8), 3, 24, 1, 8),
        ["Rotary"] = _ => new KernelRun("Rotary", ("heads", 2), ("direction", -1f)).With(X, N, H)
            .With([.. Enumerable.Range(0, N).Select(t => (long)(t % 18))], N).With([1f, 0.3f, 0.01f, 2e-4f], 4),
    };

    private static Dictionary<string, Func<float, KernelRun>> OfProducts(string suffix) => new()
    {
        ["Linear" + suffix] = _ => new KernelRun("Linear" + suffix)
            .With(X, N, H).With(Weight, Wide, H).With(Bias, Wide),
        ["LinearWithoutBias" + suffix] = _ => new KernelRun("LinearWithoutBias" + suffix)
            .With(X, N, H).With(Weight, Wide, H),
        ["LinearInputGrad" + suffix] = _ => new KernelRun("LinearInputGrad" + suffix)
            .With(WideDy, N, Wide).With(Weight, Wide, H),
        ["LinearWeightGrad" + suffix] = _ => new KernelRun("LinearWeightGrad" + suffix)
            .With(WideDy, N, Wide).With(X, N, H),
        ["LinearGrad" + suffix] = _ => new KernelRun("LinearGrad" + suffix)
            .With(WideDy, N, Wide).With(X, N, H).With(Weight, Wide, H),
        ["LinearWithoutBiasGrad" + suffix] = _ => new KernelRun("LinearWithoutBiasGrad" + suffix)
            .With(WideDy, N, Wide).With(X, N, H).With(Weight, Wide, H),
        ["LinearCrossEntropy" + suffix] = _ => Targeted(new KernelRun("LinearCrossEntropy" + suffix)
            .With(X, N, H).With(Weight, Wide, H).With(Bias, Wide)),
        ["LinearCrossEntropyWithoutBias" + suffix] = _ => Targeted(
            new KernelRun("LinearCrossEntropyWithoutBias" + suffix).With(X, N, H).With(Weight, Wide, H)),
        ["FrozenLinearCrossEntropy" + suffix] = _ => Targeted(new KernelRun("FrozenLinearCrossEntropy" + suffix)
            .With(X, N, H).With(Weight, Wide, H).With(Bias, Wide)),
        ["FrozenLinearCrossEntropyWithoutBias" + suffix] = _ => Targeted(
            new KernelRun("FrozenLinearCrossEntropyWithoutBias" + suffix).With(X, N, H).With(Weight, Wide, H)),
        ["FeedForwardGelu" + suffix] = _ => Feeding("FeedForwardGelu" + suffix),
        ["FeedForwardGeluTanh" + suffix] = _ => Feeding("FeedForwardGeluTanh" + suffix),
        ["FeedForwardGeluGrad" + suffix] = _ => FeedingGrad("FeedForwardGelu", suffix),
        ["FeedForwardGeluTanhGrad" + suffix] = _ => FeedingGrad("FeedForwardGeluTanh", suffix),
        ["FeedForwardGluGelu" + suffix] = _ => Gating("FeedForwardGluGelu" + suffix, N, H, Inner, Wide),
        ["FeedForwardGluGeluTanh" + suffix] = _ => Gating("FeedForwardGluGeluTanh" + suffix, N, H, Inner, Wide),
        ["FeedForwardGluSilu" + suffix] = _ => Gating("FeedForwardGluSilu" + suffix, N, H, Inner, Wide),
        ["FeedForwardGluGeluGrad" + suffix] = _ => GatingGrad("FeedForwardGluGelu", suffix, N, H, Inner, Wide),
        ["FeedForwardGluGeluTanhGrad" + suffix] = _ => GatingGrad("FeedForwardGluGeluTanh", suffix, N, H, Inner, Wide),
        ["FeedForwardGluSiluGrad" + suffix] = _ => GatingGrad("FeedForwardGluSilu", suffix, N, H, Inner, Wide),
        ["PackedAttention" + suffix] = p => Attending("PackedAttention" + suffix, p)
            .With(Qkv, N, 3 * H).With(Offsets, 4).With(Key, 2),
        ["PackedAttentionGrad" + suffix] = p =>
        {
            float[][] forward = Runs!["PackedAttention" + suffix](p).Outputs(2);
            return Attending("PackedAttentionGrad" + suffix, p).With(Dy, N, H).With(Qkv, N, 3 * H)
                .With(forward[0], N, H).With(forward[1], N, Heads).With(Offsets, 4).With(Key, 2);
        },
        ["PackedSharedAttention" + suffix] = p => Sharing("PackedSharedAttention" + suffix, p)
            .With(SharedQkv, N, SharedRow).With(Offsets, 4).With(Key, 2),
        ["PackedSharedAttentionGrad" + suffix] = p =>
        {
            float[][] forward = Runs!["PackedSharedAttention" + suffix](p).Outputs(2);
            return Sharing("PackedSharedAttentionGrad" + suffix, p).With(Dy, N, H).With(SharedQkv, N, SharedRow)
                .With(forward[0], N, H).With(forward[1], N, Heads).With(Offsets, 4).With(Key, 2);
        },
        ["PackedBiasedAttention" + suffix] = p => Attending("PackedBiasedAttention" + suffix, p)
            .With(Qkv, N, 3 * H).With(Offsets, 4).With(Key, 2).With(Relative, Distances, Heads),
        ["PackedBiasedAttentionGrad" + suffix] = p =>
        {
            float[][] forward = Runs!["PackedBiasedAttention" + suffix](p).Outputs(2);
            return Attending("PackedBiasedAttentionGrad" + suffix, p).With(Dy, N, H).With(Qkv, N, 3 * H)
                .With(forward[0], N, H).With(forward[1], N, Heads).With(Offsets, 4).With(Key, 2)
                .With(Relative, Distances, Heads);
        },
    };

    /// <summary>The run of an operator, also of one that adds a residual, with dropout of a probability.</summary>
    public static KernelRun RunOf(string op, float p)
    {
        string plain = KernelCase.Plain(op);
        if (plain == op)
        {
            return Runs[op](p);
        }

        // The gradient of an input has the width H, and what layers give has the other.
        int columns = plain.Contains("Grad", StringComparison.Ordinal) ? H : Wide;
        return Runs[plain](p).As(op).With(Reference.Random(14, N * columns), N, columns);
    }

    public static KernelRun Embedding(int tables, float p)
    {
        KernelRun run = Dropping($"EmbeddingNorm{tables}", p, ("epsilon", 1e-5f));
        for (int i = 0; i < tables; i++)
        {
            run.With(Reference.Random(20 + i, (11 + i) * H), 11 + i, H);
        }

        for (int i = 0; i < tables; i++)
        {
            run.With([.. Enumerable.Range(i, N).Select(t => (long)(t * t % 11))], N);
        }

        return run.With(Gamma, H).With(Beta, H).With(Key, 2);
    }

    public static KernelRun Gating(string op, int rows, int k, int n, int m) => new KernelRun(op)
        .With(Reference.Random(1, rows * k), rows, k)
        .With(Reference.Random(12, 2 * n * k, 1 / Math.Sqrt(k)), 2 * n, k)
        .With(Reference.Random(13, m * n, 1 / Math.Sqrt(n)), m, n);

    public static KernelRun GatingGrad(string forward, string suffix, int rows, int k, int n, int m)
    {
        KernelRun run = Gating(forward + suffix, rows, k, n, m);
        return new KernelRun($"{forward}Grad{suffix}")
            .With(Reference.Random(2, rows * m, 1 / Math.Sqrt(m)), rows, m).With(run.Inputs[0].Floats!, rows, k)
            .With(run.Inputs[1].Floats!, 2 * n, k).With(run.Inputs[2].Floats!, m, n)
            .With(run.Outputs(2)[1], rows, 2 * n);
    }

    public static KernelRun Feeding(string op) => new KernelRun(op).With(X, N, H).With(InnerWeight, Inner, H)
        .With(Reference.Random(14, Inner), Inner).With(OuterWeight, Wide, Inner).With(Bias, Wide);

    public static KernelRun FeedingGrad(string forward, string suffix) => new KernelRun($"{forward}Grad{suffix}")
        .With(WideDy, N, Wide).With(X, N, H).With(InnerWeight, Inner, H).With(OuterWeight, Wide, Inner)
        .With(Feeding(forward + suffix).Outputs(2)[1], N, Inner);

    public static KernelRun Targeted(KernelRun run) =>
        run.With(ClassIds, N, 1).With(Invstd, N).With([0.7f]).With([0.8f]).With([0.01f]);

    public static KernelRun Crossing(float p, long[] queryOffsets, long[] offsets)
    {
        (int queries, int tokens) = ((int)queryOffsets[^1], (int)offsets[^1]);
        return Across("PackedCrossAttention", p)
            .With(Reference.Random(7, queries * H), queries, H).With(Reference.Random(8, tokens * 2 * H), tokens, 2 * H)
            .With(queryOffsets, queryOffsets.Length).With(offsets, offsets.Length).With(Key, 2);
    }

    public static KernelRun CrossingGrad(float p, long[] queryOffsets, long[] offsets)
    {
        (int queries, int tokens) = ((int)queryOffsets[^1], (int)offsets[^1]);
        float[][] forward = Crossing(p, queryOffsets, offsets).Outputs(2);
        return Across("PackedCrossAttentionGrad", p).With(Reference.Random(2, queries * H), queries, H)
            .With(Reference.Random(7, queries * H), queries, H).With(Reference.Random(8, tokens * 2 * H), tokens, 2 * H)
            .With(forward[0], queries, H).With(forward[1], queries, Heads)
            .With(queryOffsets, queryOffsets.Length).With(offsets, offsets.Length).With(Key, 2);
    }

    public static KernelRun Across(string op, float p) =>
        Dropping(op, p, ("heads", Heads), ("scale", (float)(1 / Math.Sqrt((double)H / Heads))));

    // Each distance its own row up to a half of the span, and rows shared by two beyond.
    public static long[] Buckets(int positions, int span) => [.. Enumerable.Range(1 - positions, (2 * positions) - 1)
        .Select(d => (long)Math.Clamp(Math.Abs(d) <= span / 2 ? d : d / 2, -span, span - 1) + span)];

    public static KernelRun Disentangled(float p, long[] offsets, long[] buckets)
    {
        (int tokens, int rows) = ((int)offsets[^1], (int)buckets.Max() + 1);
        return Distant("DisentangledAttention", p).With(Reference.Random(7, tokens * 3 * H), tokens, 3 * H)
            .With(Reference.Random(8, rows * 2 * H), rows, 2 * H).With(buckets, buckets.Length)
            .With(offsets, offsets.Length).With(Key, 2);
    }

    public static KernelRun DisentangledGrad(float p, long[] offsets, long[] buckets)
    {
        (int tokens, int rows) = ((int)offsets[^1], (int)buckets.Max() + 1);
        float[][] forward = Disentangled(p, offsets, buckets).Outputs(2);
        return Distant("DisentangledAttentionGrad", p).With(Reference.Random(2, tokens * H), tokens, H)
            .With(Reference.Random(7, tokens * 3 * H), tokens, 3 * H)
            .With(Reference.Random(8, rows * 2 * H), rows, 2 * H)
            .With(forward[0], tokens, H).With(forward[1], tokens, Heads).With(buckets, buckets.Length)
            .With(offsets, offsets.Length).With(Key, 2);
    }

    public static KernelRun Distant(string op, float p) =>
        Dropping(op, p, ("heads", Heads), ("scale", (float)(1 / Math.Sqrt(3.0 * H / Heads))));

    public static KernelRun Dropping(string op, float p, params (string Name, object Value)[] attributes) =>
        new(op, [.. attributes, ("p", p), ("site", 9)]);

    public static KernelRun Sharing(string op, float p) =>
        Dropping(op, p, ("heads", Heads), ("keyHeads", 1), ("mask", 1), ("window", -1),
            ("scale", (float)(1 / Math.Sqrt((double)H / Heads))));

    public static KernelRun Attending(string op, float p) =>
        Dropping(op, p, ("heads", Heads), ("mask", 0), ("window", -1),
            ("scale", (float)(1 / Math.Sqrt((double)H / Heads))));
}
