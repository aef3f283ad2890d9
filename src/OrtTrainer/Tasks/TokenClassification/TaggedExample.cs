using OrtTrainer.Data;
using OrtTrainer.Text;

namespace OrtTrainer.Tasks.TokenClassification;

/// <summary>A sentence that comes in words: its text is the words joined by spaces.</summary>
/// <param name="Text">The words, joined.</param>
/// <param name="Words">Where each word stands in the text, [W].</param>
/// <param name="Tags">A tag per word, [W]; null where none are given, as for prediction.</param>
/// <param name="Label">The field of the tags as written.</param>
/// <param name="Line">The 1-based line the row starts on.</param>
internal sealed record TaggedExample(
    string Text, IReadOnlyList<TextRange> Words, IReadOnlyList<string>? Tags, string? Label, int Line)
    : Example(Text, Pair: null, Label, Line)
{
    /// <summary>Joins words.</summary>
    /// <param name="words">The words, none of them empty.</param>
    /// <param name="tags">A tag per word, or null.</param>
    /// <param name="label">The field of the tags as written.</param>
    /// <param name="line">The 1-based line the row starts on.</param>
    public static TaggedExample Of(
        IReadOnlyList<string> words, IReadOnlyList<string>? tags, string? label, int line)
    {
        TextRange[] places = new TextRange[words.Count];
        int start = 0;
        for (int i = 0; i < places.Length; i++)
        {
            places[i] = new TextRange(start, start + words[i].EnumerateRunes().Count());
            start = places[i].End + 1;
        }

        return new TaggedExample(string.Join(' ', words), places, tags, label, line);
    }
}
