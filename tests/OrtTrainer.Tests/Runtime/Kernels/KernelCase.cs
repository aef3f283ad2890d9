namespace OrtTrainer.Tests.Runtime.Kernels;

/// <summary>Every kernel of the library on random inputs of a given size.</summary>
internal sealed record KernelCase(int Rows, int Heads, int Width, float P)
{
    public const int TableRows = 12;

    public const int Distances = 7;

    public static readonly long[] Key = [2_718_281_828, 3_141_592_653];

    /// <summary>Operator and number of outputs.</summary>
    public static readonly IReadOnlyDictionary<string, int> Outputs = new Dictionary<string, int>
    {
        ["Dropout"] = 1, ["Gelu"] = 1, ["GeluGrad"] = 1, ["GeluTanh"] = 1, ["GeluTanhGrad"] = 1, ["LayerNorm"] = 3,
        ["LayerNormGrad"] = 3, ["DropoutAddLayerNorm"] = 4, ["DropoutAddLayerNormGrad"] = 4, ["ColumnSum"] = 1,
        ["GatherGrad"] = 1, ["PackedAttention"] = 2, ["PackedAttentionGrad"] = 1,
        ["PackedBiasedAttention"] = 2, ["PackedBiasedAttentionGrad"] = 2,
        ["PackedLogSoftmax"] = 1, ["PackedLogSoftmaxGrad"] = 1,
    };

    public int Columns => Heads * Width;

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

    private float[] Gamma => Reference.Random(3, Columns);

    // As a forward pass would give them: not so small that 1/deviation is beyond reason.
    private float[] Mean => Reference.Random(5, Rows, 0.1);

    private float[] Invstd => [.. Reference.Random(6, Rows, 0.1).Select(v => 1 + v)];

    /// <summary>A tensor [Rows, Columns] of this seed.</summary>
    public float[] Matrix(int seed) => Reference.Random(seed, Rows * Columns);

    /// <summary>The shapes of the operator's outputs.</summary>
    public long[][] OutputShapes(string op)
    {
        long[] matrix = [Rows, Columns], row = [Columns], column = [Rows];
        return op switch
        {
            "LayerNorm" => [matrix, column, column],
            "LayerNormGrad" => [matrix, row, row],
            "DropoutAddLayerNorm" => [matrix, matrix, column, column],
            "DropoutAddLayerNormGrad" => [matrix, matrix, row, row],
            "ColumnSum" => [row],
            "GatherGrad" => [[TableRows, Columns]],
            "PackedAttention" or "PackedBiasedAttention" => [matrix, [Rows, Heads]],
            "PackedAttentionGrad" => [[Rows, 3 * Columns]],
            "PackedBiasedAttentionGrad" => [[Rows, 3 * Columns], [Distances, Heads]],
            _ => [matrix],
        };
    }

    public KernelRun Run(string op) => op switch
    {
        "Dropout" => Dropping(op).With(Matrix(1), Rows, Columns).With(Key, 2),
        "Gelu" or "GeluTanh" => new KernelRun(op).With(Matrix(1), Rows, Columns),
        "GeluGrad" or "GeluTanhGrad" =>
            new KernelRun(op).With(Matrix(2), Rows, Columns).With(Matrix(1), Rows, Columns),
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
        "ColumnSum" => new KernelRun(op).With(Matrix(1), Rows, Columns),
        "GatherGrad" => new KernelRun(op).With(Matrix(2), Rows, Columns)
            .With([.. Enumerable.Range(0, Rows).Select(t => (long)(t * t % 11))], Rows).With([TableRows, Columns], 2),
        "PackedAttention" => Attending(op).With(Qkv(), Rows, 3 * Columns)
            .With(Offsets, Offsets.Length).With(Key, 2),
        "PackedAttentionGrad" => AttentionGradient(op, Run("PackedAttention")),
        "PackedBiasedAttention" => Biased(Attending(op).With(Qkv(), Rows, 3 * Columns)
            .With(Offsets, Offsets.Length).With(Key, 2)),
        "PackedBiasedAttentionGrad" => Biased(AttentionGradient(op, Run("PackedBiasedAttention"))),
        "PackedLogSoftmax" => new KernelRun(op).With(Matrix(1), Rows, Columns).With(Offsets, Offsets.Length),
        "PackedLogSoftmaxGrad" => new KernelRun(op).With(Matrix(2), Rows, Columns).With(Matrix(1), Rows, Columns)
            .With(Offsets, Offsets.Length),
        _ => throw new ArgumentException($"There is no case for the kernel {op}: add one.", nameof(op)),
    };

    public ReferenceAttention ReferenceAttention() =>
        new(Offsets, Heads, Width, (float)(1 / Math.Sqrt(Width)), P, 9, Key);

    public float[] Qkv() => Reference.Random(7, Rows * 3 * Columns);

    private KernelRun Biased(KernelRun run) => run.With(Reference.Random(8, Distances * Heads), Distances, Heads);

    private KernelRun AttentionGradient(string op, KernelRun attention)
    {
        float[][] forward = attention.Outputs(2);
        return Attending(op).With(Matrix(2), Rows, Columns).With(Qkv(), Rows, 3 * Columns)
            .With(forward[0], Rows, Columns).With(forward[1], Rows, Heads)
            .With(Offsets, Offsets.Length).With(Key, 2);
    }

    private KernelRun Dropping(string op, params (string Name, object Value)[] attributes) =>
        new(op, [.. attributes, ("p", P), ("site", 9)]);

    private KernelRun Attending(string op) =>
        Dropping(op, ("heads", Heads), ("mask", 0), ("scale", (float)(1 / Math.Sqrt(Width))));
}
