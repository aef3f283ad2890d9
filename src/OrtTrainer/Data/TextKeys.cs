namespace OrtTrainer.Data;

/// <summary>When two examples count as the same text.</summary>
internal static class TextKeys
{
    /// <summary>Joins the texts of a pair; a control character that ends no sentence.</summary>
    private const char PairMark = '\u001F';

    /// <summary>Equal for the same text and pair, character by character.</summary>
    public static string Exact(Example example) =>
        example.Pair is null ? example.Text : example.Text + PairMark + example.Pair;

    /// <summary>Equal also where only the case or white space at the ends differs.</summary>
    public static string Folded(Example example) => example.Pair is null
        ? Fold(example.Text)
        : Fold(example.Text) + PairMark + Fold(example.Pair);

    private static string Fold(string text) => text.Trim().ToLowerInvariant();
}
