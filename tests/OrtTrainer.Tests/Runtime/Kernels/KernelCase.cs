using OrtTrainer.Graph;
using OrtTrainer.Graph.Operators.Fused;

namespace OrtTrainer.Tests.Runtime.Kernels;

/// <summary>Every kernel of the library on random inputs of a given size.</summary>
internal sealed record KernelCase(int Rows, int Heads, int Width, float P)
{
    public const int TableRows = 12;

    public const int Distances = 7;

    /// <summary>Between the two layers of feed-forward operators.</summary>
    public const int Inner = 64;

    public static readonly long[] Key = [2_718_281_828, 3_141_592_653];

    /// <summary>Operators that are in this precision alone, and their number of outputs.</summary>
    private static readonly Dictionary<string, int> Single = new()
    {
        ["After"] = 1, ["Dropout"] = 1, ["Gelu"] = 1, ["GeluGrad"] = 1, ["GeluTanh"] = 1, ["GeluTanhGrad"] = 1,
        ["RmsNorm"] = 2, ["RmsNormGrad"] = 2,
        ["LayerNorm"] = 3, ["LayerNormGrad"] = 3, ["DropoutAddLayerNorm"] = 4, ["DropoutAddLayerNormGrad"] = 4,
        ["EmbeddingNorm1"] = 4, ["EmbeddingNorm2"] = 4, ["EmbeddingNorm3"] = 4, ["EmbeddingNorm4"] = 4,
        ["EmbeddingNormGrad"] = 3, ["ColumnSum"] = 1,
        ["GatherGrad"] = 1, ["PackedCrossAttention"] = 2, ["PackedCrossAttentionGrad"] = 2,
        ["PackedLogSoftmax"] = 1, ["PackedLogSoftmaxGrad"] = 1,
        ["SoftmaxCrossEntropy"] = 3, ["SoftmaxCrossEntropyGrad"] = 1, ["IdCrossEntropy"] = 3,
        ["IdCrossEntropyGrad"] = 1,
        ["Rotary"] = 1, ["CachedAttention"] = 3, ["DisentangledAttention"] = 2, ["DisentangledAttentionGrad"] = 2,
    };

    /// <summary>Operators that are made of products, in each precision.</summary>
    private static readonly Dictionary<string, int> Products = new()
    {
        ["Linear"] = 1, ["LinearWithoutBias"] = 1, ["LinearInputGrad"] = 1, ["LinearWeightGrad"] = 1,
        ["LinearGrad"] = 3, ["LinearWithoutBiasGrad"] = 2,
        ["LinearCrossEntropy"] = 4, ["LinearCrossEntropyWithoutBias"] = 3,
        ["FrozenLinearCrossEntropy"] = 2, ["FrozenLinearCrossEntropyWithoutBias"] = 2,
        ["FeedForwardGelu"] = 2, ["FeedForwardGeluGrad"] = 5, ["FeedForwardGeluTanh"] = 2,
        ["FeedForwardGeluTanhGrad"] = 5,
        ["FeedForwardGluGelu"] = 2, ["FeedForwardGluGeluTanh"] = 2, ["FeedForwardGluSilu"] = 2,
        ["FeedForwardGluGeluGrad"] = 3, ["FeedForwardGluGeluTanhGrad"] = 3, ["FeedForwardGluSiluGrad"] = 3,
        ["PackedAttention"] = 2, ["PackedAttentionGrad"] = 1,
        ["PackedBiasedAttention"] = 2, ["PackedBiasedAttentionGrad"] = 2,
        ["PackedSharedAttention"] = 2, ["PackedSharedAttentionGrad"] = 1,
    };

    /// <summary>Those of both that have a form with a residual.</summary>
    private static readonly string[] WithResidual =
    [
        "LayerNormGrad", "Linear", "LinearWithoutBias", "LinearInputGrad", "LinearGrad", "LinearWithoutBiasGrad",
        "FeedForwardGeluGrad", "FeedForwardGeluTanhGrad",
        "FeedForwardGluGelu", "FeedForwardGluGeluTanh", "FeedForwardGluSilu",
        "FeedForwardGluGeluGrad", "FeedForwardGluGeluTanhGrad", "FeedForwardGluSiluGrad",
    ];

    /// <summary>Operator and number of outputs.</summary>
    public static IReadOnlyDictionary<string, int> Outputs { get; } = AndResiduals(Single)
        .Concat(ProductPrecision.All.SelectMany(precision => AndResiduals(Products).Select(
            operation => KeyValuePair.Create(operation.Key + Operands.Suffix(precision), operation.Value))))
        .ToDictionary();

    public int Columns => Heads * Width;

    /// <summary>Columns of rows whose heads of queries share one head of keys and values.</summary>
    private int SharedColumns => (Heads + 2) * Width;

    /// <summary>Outputs of linear layers, whose inputs are the columns.</summary>
    public int Wide => (2 * Columns) + 1;

    /// <summary>Sequences of 0, 1, 2, … rows, and the rest in the last.</summary>
    public long[] Offsets
    {
        get
        {
            List<long> offsets = [0, 0];
            for (int length = 1; offsets[^1] + length <= Rows; length++)
            {
                offsets.Add(offsets[^1] + length);
            }

            return [.. offsets, Rows];
        }
    }

    /// <summary>The bounds of as many sequences, of one query each.</summary>
    public long[] QueryOffsets => [.. Enumerable.Range(0, Offsets.Length).Select(i => (long)i)];

    // Up to two tokens before the rows of each sequence, and room for one more.
    private long[] Cache => [Offsets.Length - 1, Rows + 3, Heads, Width];

    private int Queries => Offsets.Length - 1;

    private float[] Gamma => Reference.Random(3, Columns);

    private float[] Relative => Reference.Random(8, TableRows * 2 * Columns);

    // Distances of 9 and more share the last row.
    private static long[] Buckets => [.. Enumerable.Range(-9, 19).Select(d => (long)Math.Clamp(d, -6, 5) + 6)];

    // As a forward pass would give them: not so small that 1/deviation is beyond reason.
    private float[] Mean => Reference.Random(5, Rows, 0.1);

    private float[] Invstd => [.. Reference.Random(6, Rows, 0.1).Select(v => 1 + v)];

    /// <summary>A tensor [Rows, Columns] of this seed.</summary>
    public float[] Matrix(int seed) => Reference.Random(seed, Rows * Columns);

    /// <summary>The shapes of the operator's outputs.</summary>
    public long[][] OutputShapes(string op)
    {
        long[] matrix = [Rows, Columns], row = [Columns], column = [Rows];
        return Stem(Plain(op)) switch
        {
            "Linear" or "LinearWithoutBias" => [[Rows, Wide]],
            "LinearWeightGrad" => [[Wide, Columns]],
            "LinearGrad" => [matrix, [Wide, Columns], [Wide]],
            "LinearWithoutBiasGrad" => [matrix, [Wide, Columns]],
            "LinearCrossEntropy" => [[], matrix, [Wide, Columns], [Wide]],
            "LinearCrossEntropyWithoutBias" => [[], matrix, [Wide, Columns]],
            "FrozenLinearCrossEntropy" or "FrozenLinearCrossEntropyWithoutBias" => [[], matrix],
            "FeedForwardGelu" or "FeedForwardGeluTanh" => [[Rows, Wide], [Rows, Inner]],
            "FeedForwardGeluGrad" or "FeedForwardGeluTanhGrad" =>
                [matrix, [Inner, Columns], [Inner], [Wide, Inner], [Wide]],
            "FeedForwardGluGelu" or "FeedForwardGluGeluTanh" or "FeedForwardGluSilu" =>
                [[Rows, Wide], [Rows, 2 * Inner]],
            "FeedForwardGluGeluGrad" or "FeedForwardGluGeluTanhGrad" or "FeedForwardGluSiluGrad" =>
                [matrix, [2 * Inner, Columns], [Wide, Inner]],
            "RmsNorm" => [matrix, column],
            "RmsNormGrad" => [matrix, row],
            "LayerNorm" => [matrix, column, column],
            "LayerNormGrad" or "EmbeddingNormGrad" => [matrix, row, row],
            "EmbeddingNorm1" or "EmbeddingNorm2" or "EmbeddingNorm3" or "EmbeddingNorm4" or
            "DropoutAddLayerNorm" => [matrix, matrix, column, column],
            "DropoutAddLayerNormGrad" => [matrix, matrix, row, row],
            "SoftmaxCrossEntropy" or "IdCrossEntropy" => [column, column, column],
            "ColumnSum" => [row],
            "GatherGrad" => [[TableRows, Columns]],
            "PackedAttention" or "PackedBiasedAttention" or "PackedSharedAttention" or "DisentangledAttention" =>
                [matrix, [Rows, Heads]],
            "PackedSharedAttentionGrad" => [[Rows, SharedColumns]],
            "DisentangledAttentionGrad" => [[Rows, 3 * Columns], [TableRows, 2 * Columns]],
            "CachedAttention" => [matrix, Cache, Cache],
            "PackedAttentionGrad" => [[Rows, 3 * Columns]],
            "PackedCrossAttention" => [[Queries, Columns], [Queries, Heads]],
            "PackedCrossAttentionGrad" => [[Queries, Columns], [Rows, 2 * Columns]],
            "PackedBiasedAttentionGrad" => [[Rows, 3 * Columns], [Distances, Heads]],
            _ => [matrix],
        };
    }

    public KernelRun Run(string op) => Plain(op) == op ? RunPlain(op) : WithR(op, RunPlain(Plain(op)));

    private KernelRun RunPlain(string op) => Stem(op) switch
    {
        "Linear" => Layer(op).With(Reference.Random(4, Wide), Wide),
        "LinearWithoutBias" => Layer(op),
        "LinearCrossEntropy" or "FrozenLinearCrossEntropy" =>
            Targeted(Layer(op).With(Reference.Random(4, Wide), Wide)),
        "LinearCrossEntropyWithoutBias" or "FrozenLinearCrossEntropyWithoutBias" => Targeted(Layer(op)),
        "LinearInputGrad" => new KernelRun(op).With(WideMatrix, Rows, Wide).With(Weight, Wide, Columns),
        "LinearWeightGrad" => new KernelRun(op).With(WideMatrix, Rows, Wide).With(Matrix(1), Rows, Columns),
        "LinearGrad" or "LinearWithoutBiasGrad" => new KernelRun(op).With(WideMatrix, Rows, Wide)
            .With(Matrix(1), Rows, Columns).With(Weight, Wide, Columns),
        "FeedForwardGelu" or "FeedForwardGeluTanh" => new KernelRun(op).With(Matrix(1), Rows, Columns)
            .With(InnerWeight, Inner, Columns).With(Reference.Random(4, Inner), Inner)
            .With(OuterWeight, Wide, Inner).With(Reference.Random(5, Wide), Wide),
        "FeedForwardGeluGrad" or "FeedForwardGeluTanhGrad" => new KernelRun(op).With(WideMatrix, Rows, Wide)
            .With(Matrix(1), Rows, Columns).With(InnerWeight, Inner, Columns).With(OuterWeight, Wide, Inner)
            .With(Reference.Random(6, Rows * Inner), Rows, Inner),
        "FeedForwardGluGelu" or "FeedForwardGluGeluTanh" or "FeedForwardGluSilu" => new KernelRun(op)
            .With(Matrix(1), Rows, Columns).With(GateWeight, 2 * Inner, Columns).With(OuterWeight, Wide, Inner),
        "FeedForwardGluGeluGrad" or "FeedForwardGluGeluTanhGrad" or "FeedForwardGluSiluGrad" => new KernelRun(op)
            .With(WideMatrix, Rows, Wide).With(Matrix(1), Rows, Columns).With(GateWeight, 2 * Inner, Columns)
            .With(OuterWeight, Wide, Inner).With(Reference.Random(6, Rows * 2 * Inner), Rows, 2 * Inner),
        "After" => new KernelRun(op).With(Matrix(1), Rows, Columns).With(Gamma, Columns),
        "Dropout" => Dropping(op).With(Matrix(1), Rows, Columns).With(Key, 2),
        "Gelu" or "GeluTanh" => new KernelRun(op).With(Matrix(1), Rows, Columns),
        "GeluGrad" or "GeluTanhGrad" =>
            new KernelRun(op).With(Matrix(2), Rows, Columns).With(Matrix(1), Rows, Columns),
        "RmsNorm" => new KernelRun(op, ("epsilon", 1e-5f)).With(Matrix(1), Rows, Columns).With(Gamma, Columns),
        "RmsNormGrad" => new KernelRun(op).With(Matrix(2), Rows, Columns).With(Matrix(1), Rows, Columns)
            .With(Gamma, Columns).With(Invstd, Rows),
        "LayerNorm" => new KernelRun(op, ("epsilon", 1e-5f))
            .With(Matrix(1), Rows, Columns).With(Gamma, Columns).With(Reference.Random(4, Columns), Columns),
        "LayerNormGrad" => new KernelRun(op).With(Matrix(2), Rows, Columns).With(Matrix(1), Rows, Columns)
            .With(Gamma, Columns).With(Mean, Rows).With(Invstd, Rows),
        "DropoutAddLayerNorm" => Dropping(op, ("epsilon", 1e-5f))
            .With(Matrix(1), Rows, Columns).With(Matrix(2), Rows, Columns)
            .With(Gamma, Columns).With(Reference.Random(4, Columns), Columns).With(Key, 2),
        "DropoutAddLayerNormGrad" => Dropping(op)
            .With(Matrix(2), Rows, Columns).With(Matrix(1), Rows, Columns)
            .With(Gamma, Columns).With(Mean, Rows).With(Invstd, Rows).With(Key, 2),
        "EmbeddingNorm1" or "EmbeddingNorm2" or "EmbeddingNorm3" or "EmbeddingNorm4" => Embedding(op),
        "EmbeddingNormGrad" => Dropping(op)
            .With(Matrix(2), Rows, Columns).With(Matrix(1), Rows, Columns)
            .With(Gamma, Columns).With(Mean, Rows).With(Invstd, Rows).With(Key, 2),
        "ColumnSum" => new KernelRun(op).With(Matrix(1), Rows, Columns),
        "GatherGrad" => new KernelRun(op).With(Matrix(2), Rows, Columns)
            .With([.. Enumerable.Range(0, Rows).Select(t => (long)(t * t % 11))], Rows).With([TableRows, Columns], 2),
        "PackedAttention" => Attending(op).With(Qkv(), Rows, 3 * Columns)
            .With(Offsets, Offsets.Length).With(Key, 2),
        "PackedAttentionGrad" => AttentionGradient(op, Run("PackedAttention" + Suffix(op))),
        "PackedBiasedAttention" => Biased(Attending(op).With(Qkv(), Rows, 3 * Columns)
            .With(Offsets, Offsets.Length).With(Key, 2)),
        "PackedBiasedAttentionGrad" =>
            Biased(AttentionGradient(op, Run("PackedBiasedAttention" + Suffix(op)))),
        "PackedSharedAttention" => Sharing(op).With(SharedQkv(), Rows, SharedColumns)
            .With(Offsets, Offsets.Length).With(Key, 2),
        "PackedSharedAttentionGrad" => SharedGradient(op, Run("PackedSharedAttention" + Suffix(op))),
        "PackedCrossAttention" => Bounded(Across(Distant(op, 1))),
        "PackedCrossAttentionGrad" => CrossGradient(),
        "PackedLogSoftmax" => new KernelRun(op).With(Matrix(1), Rows, Columns).With(Offsets, Offsets.Length),
        "PackedLogSoftmaxGrad" => new KernelRun(op).With(Matrix(2), Rows, Columns).With(Matrix(1), Rows, Columns)
            .With(Offsets, Offsets.Length),
        "SoftmaxCrossEntropy" => new KernelRun(op)
            .With(Matrix(1), Rows, Columns).With(Matrix(2), Rows, Columns).With([1.5f]),
        "SoftmaxCrossEntropyGrad" => SoftmaxKept(new KernelRun(op).With(Invstd, Rows)
            .With(Matrix(1), Rows, Columns).With(Matrix(2), Rows, Columns).With([1.5f]), 1.5f),
        "IdCrossEntropy" => new KernelRun(op).With(Matrix(1), Rows, Columns).With(ClassIds, Rows, 1)
            .With([0.7f]).With([0.8f]).With([0.01f]),
        "IdCrossEntropyGrad" => SoftmaxKept(new KernelRun(op).With(Invstd, Rows)
            .With(Matrix(1), Rows, Columns).With(ClassIds, Rows, 1).With([0.7f]).With([0.8f]).With([0.01f]), 0.7f),
        "DisentangledAttention" => Distant(op, 3).With(Qkv(), Rows, 3 * Columns)
            .With(Relative, TableRows, 2 * Columns).With(Buckets, Buckets.Length).With(Offsets, Offsets.Length)
            .With(Key, 2),
        "DisentangledAttentionGrad" => DisentangledGradient(),
        "CachedAttention" => new KernelRun(op, ("heads", Heads), ("scale", 0.3f), ("window", 4))
            .With(Qkv(), Rows, 3 * Columns).With(Offsets, Offsets.Length)
            .With([.. Enumerable.Range(0, (int)Cache[0]).Select(text => text % 3L)], Cache[0])
            .With(Reference.Random(8, (int)(Cache[0] * Cache[1] * Columns)), Cache)
            .With(Reference.Random(9, (int)(Cache[0] * Cache[1] * Columns)), Cache),
        "Rotary" => new KernelRun(op, ("heads", Heads), ("direction", 1f)).With(Matrix(1), Rows, Columns)
            .With([.. Enumerable.Range(0, Rows).Select(t => (long)t)], Rows)
            .With(Reference.Random(8, Width / 2), Width / 2),
        _ => throw new ArgumentException($"There is no case for the kernel {op}: add one.", nameof(op)),
    };

    public ReferenceAttention ReferenceAttention() =>
        new(Offsets, Heads, Width, (float)(1 / Math.Sqrt(Width)), P, 9, Key);

    public float[] Qkv() => Reference.Random(7, Rows * 3 * Columns);

    private float[] SharedQkv() => Reference.Random(7, Rows * SharedColumns);

    /// <summary>The operator without a residual.</summary>
    public static string Plain(string op) =>
        op.StartsWith("Residual", StringComparison.Ordinal) ? op["Residual".Length..] : op;

    /// <summary>The operator's name without its precision.</summary>
    public static string Stem(string op) => op[..^Suffix(op).Length];

    private static string Suffix(string op) => ProductPrecision.All.Select(Operands.Suffix)
        .Where(suffix => op.EndsWith(suffix, StringComparison.Ordinal)).MaxBy(suffix => suffix.Length)!;

    private static IEnumerable<KeyValuePair<string, int>> AndResiduals(Dictionary<string, int> operators) =>
        operators.Concat(operators.Where(operation => WithResidual.Contains(operation.Key))
            .Select(operation => KeyValuePair.Create(Residual.Named(operation.Key), operation.Value)));

    private KernelRun WithR(string op, KernelRun plain)
    {
        long[] shape = OutputShapes(op)[0];
        return plain.As(op).With(Reference.Random(10, (int)(shape[0] * shape[1])), shape);
    }

    private float[] Weight => Reference.Random(8, Wide * Columns);

    private float[] InnerWeight => Reference.Random(8, Inner * Columns, 1 / Math.Sqrt(Columns));

    private float[] GateWeight => Reference.Random(8, 2 * Inner * Columns, 1 / Math.Sqrt(Columns));

    private float[] OuterWeight => Reference.Random(9, Wide * Inner, 1 / Math.Sqrt(Inner));

    private float[] WideMatrix => Reference.Random(2, Rows * Wide);

    private long[] ClassIds => [.. Enumerable.Range(0, Rows).Select(t => (long)(t * t % Math.Max(1, Columns)))];

    // The largest of each row's scaled logits, and the logarithm of the sum of their exponentials beside it.
    private KernelRun SoftmaxKept(KernelRun run, float scale)
    {
        double[][] rows =
        [
            .. Enumerable.Range(0, Rows).Select(row =>
                Matrix(1)[(row * Columns)..((row + 1) * Columns)].Select(v => (double)v * scale).ToArray()),
        ];
        float[] top = [.. rows.Select(z => (float)z.Max())];
        float[] logsum = [.. rows.Select((z, row) => (float)Math.Log(z.Sum(v => Math.Exp(v - top[row]))))];
        return run.With(top, Rows).With(logsum, Rows);
    }

    private KernelRun Embedding(string op)
    {
        int tables = op[^1] - '0';
        KernelRun run = Dropping(op, ("epsilon", 1e-5f));
        for (int i = 0; i < tables; i++)
        {
            run.With(Reference.Random(20 + i, TableRows * Columns), TableRows, Columns);
        }

        for (int i = 0; i < tables; i++)
        {
            run.With([.. Enumerable.Range(i, Rows).Select(t => (long)(t * t % 11))], Rows);
        }

        return run.With(Gamma, Columns).With(Reference.Random(4, Columns), Columns).With(Key, 2);
    }

    private KernelRun Layer(string op) =>
        new KernelRun(op).With(Matrix(1), Rows, Columns).With(Weight, Wide, Columns);

    private KernelRun Targeted(KernelRun run) => run.With(ClassIds, Rows, 1).With(Invstd, Rows)
        .With([0.7f]).With([0.8f]).With([0.01f]);

    private KernelRun Biased(KernelRun run) => run.With(Reference.Random(8, Distances * Heads), Distances, Heads);

    private KernelRun AttentionGradient(string op, KernelRun attention)
    {
        float[][] forward = attention.Outputs(2);
        return Attending(op).With(Matrix(2), Rows, Columns).With(Qkv(), Rows, 3 * Columns)
            .With(forward[0], Rows, Columns).With(forward[1], Rows, Heads)
            .With(Offsets, Offsets.Length).With(Key, 2);
    }

    private KernelRun SharedGradient(string op, KernelRun attention)
    {
        float[][] forward = attention.Outputs(2);
        return Sharing(op).With(Matrix(2), Rows, Columns).With(SharedQkv(), Rows, SharedColumns)
            .With(forward[0], Rows, Columns).With(forward[1], Rows, Heads)
            .With(Offsets, Offsets.Length).With(Key, 2);
    }

    private KernelRun DisentangledGradient()
    {
        float[][] forward = Run("DisentangledAttention").Outputs(2);
        return Distant("DisentangledAttentionGrad", 3).With(Matrix(2), Rows, Columns).With(Qkv(), Rows, 3 * Columns)
            .With(Relative, TableRows, 2 * Columns).With(forward[0], Rows, Columns).With(forward[1], Rows, Heads)
            .With(Buckets, Buckets.Length).With(Offsets, Offsets.Length).With(Key, 2);
    }

    private KernelRun CrossGradient()
    {
        float[][] forward = Run("PackedCrossAttention").Outputs(2);
        KernelRun run = Distant("PackedCrossAttentionGrad", 1)
            .With(Reference.Random(2, Queries * Columns), Queries, Columns);
        return Bounded(Across(run).With(forward[0], Queries, Columns).With(forward[1], Queries, Heads));
    }

    private KernelRun Across(KernelRun run) => run.With(Reference.Random(1, Queries * Columns), Queries, Columns)
        .With(Reference.Random(7, Rows * 2 * Columns), Rows, 2 * Columns);

    private KernelRun Bounded(KernelRun run) => run.With(QueryOffsets, QueryOffsets.Length)
        .With(Offsets, Offsets.Length).With(Key, 2);

    private KernelRun Distant(string op, double products) =>
        Dropping(op, ("heads", Heads), ("scale", (float)(1 / Math.Sqrt(products * Width))));

    private KernelRun Dropping(string op, params (string Name, object Value)[] attributes) =>
        new(op, [.. attributes, ("p", P), ("site", 9)]);

    private KernelRun Sharing(string op) => Dropping(
        op, ("heads", Heads), ("keyHeads", 1), ("mask", 0), ("window", -1), ("scale", (float)(1 / Math.Sqrt(Width))));

    private KernelRun Attending(string op) =>
        Dropping(op, ("heads", Heads), ("mask", 0), ("window", -1), ("scale", (float)(1 / Math.Sqrt(Width))));
}
