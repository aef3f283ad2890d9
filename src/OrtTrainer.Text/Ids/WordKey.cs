namespace OrtTrainer.Text.Ids;

/// <summary>A word of 1 to 16 bytes, none of them zero, as two integers: unused bytes are zero.</summary>
internal readonly record struct WordKey(ulong Low, ulong High)
{
    /// <summary>The most bytes a key holds.</summary>
    public const int MaxLength = 16;

    /// <summary>The key of the empty word, which is no word.</summary>
    public static WordKey Empty => default;
}
