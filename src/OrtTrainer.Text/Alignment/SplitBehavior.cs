namespace OrtTrainer.Text.Alignment;

/// <summary>What becomes of a delimiter when a text is split at it; names and meaning as in tokenizer.json.</summary>
internal enum SplitBehavior
{
    /// <summary>The delimiter is dropped.</summary>
    Removed,

    /// <summary>The delimiter is a piece of its own.</summary>
    Isolated,

    /// <summary>The delimiter ends the piece before it.</summary>
    MergedWithPrevious,

    /// <summary>The delimiter begins the piece after it.</summary>
    MergedWithNext,

    /// <summary>Neighbouring delimiters together are a piece.</summary>
    Contiguous,
}
