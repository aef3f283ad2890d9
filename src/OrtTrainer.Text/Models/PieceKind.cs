namespace OrtTrainer.Text.Models;

/// <summary>What a piece of a SentencePiece model is for; the values are those of the file format.</summary>
internal enum PieceKind
{
    /// <summary>An ordinary token.</summary>
    Normal = 1,

    /// <summary>The unknown token.</summary>
    Unknown = 2,

    /// <summary>A token that never comes from text.</summary>
    Control = 3,

    /// <summary>A token that is always kept whole.</summary>
    UserDefined = 4,

    /// <summary>A token that is only used on the way to others.</summary>
    Unused = 5,

    /// <summary>A token that stands for one byte.</summary>
    Byte = 6,
}
