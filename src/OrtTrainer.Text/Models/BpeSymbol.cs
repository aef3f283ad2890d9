namespace OrtTrainer.Text.Models;

/// <summary>A token on the way through a word's merges, linked to its neighbours.</summary>
internal struct BpeSymbol
{
    /// <summary>The token's id.</summary>
    public int Id;

    /// <summary>The first code point of the word that it covers.</summary>
    public int Start;

    /// <summary>One past the last.</summary>
    public int End;

    /// <summary>The symbol before, or -1.</summary>
    public int Previous;

    /// <summary>The symbol after, or -1.</summary>
    public int Next;

    /// <summary>Whether it has been merged into the one before.</summary>
    public bool Gone;
}
