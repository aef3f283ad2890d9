namespace OrtTrainer.Benchmarking;

/// <summary>Which part of a step an operator belongs to.</summary>
internal static class OperatorParts
{
    private const string Residual = "Residual";

    /// <summary>Operators by the beginning of their names; the first that fits counts.</summary>
    private static readonly (string Prefix, StepPart Part)[] Table =
    [
        ("Gemm", StepPart.Products),
        ("FusedGemm", StepPart.Products),
        ("MatMul", StepPart.Products),
        ("FusedMatMul", StepPart.Products),
        ("Linear", StepPart.Products),
        ("FrozenLinear", StepPart.Products),
        ("FeedForward", StepPart.Products),

        // The gradients of biases.
        ("ColumnSum", StepPart.Products),
        ("PackedAttention", StepPart.Attention),
        ("PackedBiasedAttention", StepPart.Attention),
        ("PackedSharedAttention", StepPart.Attention),
        ("PackedCrossAttention", StepPart.Attention),
        ("CachedAttention", StepPart.Attention),
        ("DisentangledAttention", StepPart.Attention),
        ("Rotary", StepPart.Attention),
        ("Gelu", StepPart.Activation),
        ("FastGelu", StepPart.Activation),
        ("BiasGelu", StepPart.Activation),
        ("DropoutAddLayerNorm", StepPart.Norms),
        ("LayerNorm", StepPart.Norms),
        ("RmsNorm", StepPart.Norms),
        ("SkipLayerNorm", StepPart.Norms),
        ("SimplifiedLayerNorm", StepPart.Norms),
        ("Dropout", StepPart.Dropout),
        ("EmbeddingNorm", StepPart.Embedding),
        ("Gather", StepPart.Embedding),
        ("LogSoftmax", StepPart.Loss),
        ("PackedLogSoftmax", StepPart.Loss),
        ("SoftmaxCrossEntropy", StepPart.Loss),
        ("IdCrossEntropy", StepPart.Loss),
    ];

    /// <summary>An operator's name without what says that something is added to its result.</summary>
    public static string WithoutResidual(string name) =>
        name.StartsWith(Residual, StringComparison.Ordinal) ? name[Residual.Length..] : name;

    /// <summary>The part; <see cref="StepPart.OtherOperators"/> for what the table lacks.</summary>
    public static StepPart Of(string name)
    {
        string bare = WithoutResidual(name);
        foreach ((string prefix, StepPart part) in Table)
        {
            if (bare.StartsWith(prefix, StringComparison.Ordinal))
            {
                return part;
            }
        }

        return StepPart.OtherOperators;
    }
}
