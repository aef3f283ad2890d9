namespace OrtTrainer.Tests.Models.Plain;

/// <summary>The sizes of a plain model.</summary>
internal sealed record PlainShape
{
    public int Layers { get; init; } = 2;

    public int Width { get; init; } = 16;

    /// <summary>The width of the embeddings; 0 for that of the layers.</summary>
    public int EmbeddingWidth { get; init; }

    public int Heads { get; init; } = 2;

    /// <summary>The width inside the feed-forward part.</summary>
    public int Inner { get; init; } = 24;

    public int Vocabulary { get; init; } = 30;

    /// <summary>Tokens of the longest sequence.</summary>
    public int Positions { get; init; } = 12;

    /// <summary>Segments told apart; with one or none every token type is 0.</summary>
    public int TokenTypes { get; init; } = 2;

    /// <summary>Values per sequence or token.</summary>
    public int Outputs { get; init; } = 3;

    /// <summary>Whether every token has outputs, by one linear layer as a rule.</summary>
    public bool PerToken { get; init; }

    /// <summary>Whether those of tokens are logits of the vocabulary, by the family's head for masked
    /// tokens.</summary>
    public bool Masked { get; init; }

    /// <summary>The name of that layer in a checkpoint.</summary>
    public string TokenLayer { get; init; } = "classifier";

    /// <summary><c>gelu</c>, <c>gelu_new</c> or <c>relu</c>, inside the feed-forward part.</summary>
    public string Activation { get; init; } = "gelu";

    /// <summary><c>cls</c> or <c>mean</c>, of models that have the choice.</summary>
    public string Pooling { get; init; } = "cls";

    /// <summary>Whether a ModernBERT has biases outside its last layer.</summary>
    public bool HasBiases { get; init; }

    /// <summary>Whether ModernBERT's logits of the vocabulary have a bias per token.</summary>
    public bool HasOutputBias { get; init; } = true;

    /// <summary>How many tokens a local layer sees, about half of them to either side.</summary>
    public int LocalAttention { get; init; } = 5;

    /// <summary>The first of every so many layers is no local one.</summary>
    public int GlobalEvery { get; init; } = 3;

    /// <summary>θ of rotary positions where a token sees all others.</summary>
    public double GlobalBase { get; init; } = 160_000;

    /// <summary>θ of rotary positions in local layers.</summary>
    public double LocalBase { get; init; } = 10_000;

    /// <summary>How many distances to either side DeBERTa tells apart; 0 for all of them.</summary>
    public int Buckets { get; init; }

    /// <summary>Whether DeBERTa's relative positions go through the layers of the tokens.</summary>
    public bool SharesLayers { get; init; } = true;

    /// <summary>Whether DeBERTa's relative positions are normalized.</summary>
    public bool NormsPositions { get; init; } = true;

    /// <summary>Whether DeBERTa's head for masked tokens is Hugging Face's first.</summary>
    public bool Legacy { get; init; } = true;

    /// <summary>Added to the variance in layer normalization.</summary>
    public double Epsilon { get; init; } = 1e-12;
}
