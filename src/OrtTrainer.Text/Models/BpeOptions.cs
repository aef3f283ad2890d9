namespace OrtTrainer.Text.Models;

/// <summary>Settings of a BPE model; names and defaults as in tokenizer.json.</summary>
internal sealed record BpeOptions
{
    /// <summary>The id of characters that are no tokens; null: they are dropped.</summary>
    public int? UnknownId { get; init; }

    /// <summary>What marks characters that do not begin a word.</summary>
    public string ContinuingSubwordPrefix { get; init; } = "";

    /// <summary>What marks the character that ends a word.</summary>
    public string EndOfWordSuffix { get; init; } = "";

    /// <summary>Whether neighbouring unknown characters are one token.</summary>
    public bool FuseUnknown { get; init; }

    /// <summary>Whether unknown characters become byte tokens where the vocabulary has them.</summary>
    public bool ByteFallback { get; init; }

    /// <summary>Whether a word that is a token is taken as it is.</summary>
    public bool IgnoreMerges { get; init; }
}
