namespace OrtTrainer.Text.Normalization;

/// <summary>What <see cref="BertNormalizer"/> does; names and defaults as in tokenizer.json.</summary>
internal sealed record BertNormalizerOptions
{
    /// <summary>Drops control characters and U+FFFD, makes every white space a blank.</summary>
    public bool CleanText { get; init; } = true;

    /// <summary>Puts blanks around CJK ideographs.</summary>
    public bool HandleChineseChars { get; init; } = true;

    /// <summary>Drops accents; null: as <see cref="Lowercase"/>.</summary>
    public bool? StripAccents { get; init; }

    /// <summary>Lower-cases.</summary>
    public bool Lowercase { get; init; } = true;
}
