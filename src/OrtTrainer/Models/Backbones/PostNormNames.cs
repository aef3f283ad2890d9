namespace OrtTrainer.Models.Backbones;

/// <summary>What the parts of a post-norm layer are called in a checkpoint, after the layer's prefix.</summary>
internal sealed record PostNormNames
{
    /// <summary>The linear layer that makes queries.</summary>
    public string Query { get; init; } = "attention.self.query";

    /// <summary>The linear layer that makes keys.</summary>
    public string Key { get; init; } = "attention.self.key";

    /// <summary>The linear layer that makes values.</summary>
    public string Value { get; init; } = "attention.self.value";

    /// <summary>The linear layer on what the heads give.</summary>
    public string Attended { get; init; } = "attention.output.dense";

    /// <summary>The norm that ends attention.</summary>
    public string AttentionNorm { get; init; } = "attention.output.LayerNorm";

    /// <summary>The linear layer before the activation.</summary>
    public string Inner { get; init; } = "intermediate.dense";

    /// <summary>The linear layer after the activation.</summary>
    public string Output { get; init; } = "output.dense";

    /// <summary>The norm that ends the layer.</summary>
    public string OutputNorm { get; init; } = "output.LayerNorm";
}
