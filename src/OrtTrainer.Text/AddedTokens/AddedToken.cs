namespace OrtTrainer.Text.AddedTokens;

/// <summary>A token that is found in the text before the model sees it, such as [MASK].</summary>
/// <param name="Content">The text of the token.</param>
/// <param name="Id">Its id.</param>
internal sealed record AddedToken(string Content, int Id)
{
    /// <summary>Whether decoding may leave it out.</summary>
    public bool Special { get; init; }

    /// <summary>Whether it only counts where no word character touches it.</summary>
    public bool SingleWord { get; init; }

    /// <summary>Whether it takes the white space to its left.</summary>
    public bool LeftStrip { get; init; }

    /// <summary>Whether it takes the white space to its right.</summary>
    public bool RightStrip { get; init; }

    /// <summary>Whether it is looked for in normalized text, and its content normalized first.</summary>
    public bool Normalized { get; init; }
}
