namespace OrtTrainer.Text.Loading.Conversion;

/// <summary>A special token of a family.</summary>
/// <param name="Role">What it is for, as tokenizer_config.json names it; null where it does not.</param>
/// <param name="Usual">Its text where tokenizer_config.json does not say.</param>
internal sealed record SpecialToken(string? Role, string Usual)
{
    /// <summary>Whether the tokenizer is nothing without it.</summary>
    public bool IsNeeded { get; init; }

    /// <summary>Whether it gets the id after the last one where it is no piece.</summary>
    public bool IsAppended { get; init; }

    /// <summary>Whether it takes the white space to its left.</summary>
    public bool LeftStrip { get; init; }

    /// <summary>Whether it is looked for in normalized text.</summary>
    public bool Normalized { get; init; }
}
