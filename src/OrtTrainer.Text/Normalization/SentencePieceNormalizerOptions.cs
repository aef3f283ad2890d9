namespace OrtTrainer.Text.Normalization;

/// <summary>How a SentencePiece model treats blanks; the defaults are the library's.</summary>
internal sealed record SentencePieceNormalizerOptions
{
    /// <summary>Whether a blank is put in front of a text.</summary>
    public bool AddDummyPrefix { get; init; } = true;

    /// <summary>Whether blanks at the ends, and all but one in a row, are dropped.</summary>
    public bool RemoveExtraWhitespaces { get; init; } = true;

    /// <summary>Whether blanks become U+2581.</summary>
    public bool EscapeWhitespaces { get; init; } = true;

    /// <summary>Whether the blank of <see cref="AddDummyPrefix"/> goes behind the text instead.</summary>
    public bool WhitespaceAsSuffix { get; init; }
}
