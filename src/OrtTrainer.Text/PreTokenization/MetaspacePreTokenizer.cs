using OrtTrainer.Text.Alignment;

namespace OrtTrainer.Text.PreTokenization;

/// <summary>
/// Component Metaspace: blanks become a visible character (U+2581 as a rule), one may be put in front, and words
/// begin at it.
/// </summary>
internal sealed class MetaspacePreTokenizer(int replacement, MetaspacePrepend prepend, bool split) : PreTokenizer
{
    private static readonly TextPattern Blank = TextPattern.Literal(" ");

    /// <summary>The visible blank, a code point.</summary>
    public int Replacement => replacement;

    /// <summary>Where one is put in front.</summary>
    public MetaspacePrepend Prepend => prepend;

    /// <summary>Whether words begin at it; otherwise a piece stays whole.</summary>
    public bool Split => split;

    /// <inheritdoc/>
    public override PreTokenizer WithoutCutting => new MetaspacePreTokenizer(replacement, prepend, split: false);

    /// <inheritdoc/>
    protected override void Cut(NormalizedText text, List<NormalizedText> parts)
    {
        text.Replace(Blank, [replacement]);
        bool prepends = prepend == MetaspacePrepend.Always
            || (prepend == MetaspacePrepend.First && text.BeginsOriginal);
        if (prepends && text.Length > 0 && text.Points[0] != replacement)
        {
            text.Prepend([replacement]);
        }

        if (split)
        {
            text.SplitAt(point => point == replacement, SplitBehavior.MergedWithNext, parts);
        }
        else
        {
            parts.Add(text);
        }
    }
}
