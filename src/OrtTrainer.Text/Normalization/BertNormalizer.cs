using OrtTrainer.Text.Alignment;

namespace OrtTrainer.Text.Normalization;

/// <summary>
/// Component BertNormalizer: drops control characters, sets CJK ideographs apart, drops accents, lower-cases.
/// </summary>
internal sealed class BertNormalizer(BertNormalizerOptions options) : Normalizer
{
    private static readonly LowercaseNormalizer Lowercase = new();

    /// <summary>What the normalizer does.</summary>
    public BertNormalizerOptions Options => options;

    /// <inheritdoc/>
    public override void Normalize(NormalizedText text)
    {
        if (options.CleanText)
        {
            text.Filter(point => point is not (0 or 0xFFFD) && !UnicodeClass.IsControl(point));
            text.Map(point => point is '\t' or '\n' or '\r' || UnicodeClass.IsWhiteSpace(point) ? ' ' : point);
        }

        if (options.HandleChineseChars)
        {
            SetIdeographsApart(text);
        }

        if (options.StripAccents ?? options.Lowercase)
        {
            UnicodeNormalization.Apply(text, UnicodeForm.Nfd);
            text.Filter(point => !UnicodeClass.IsNonSpacingMark(point));
        }

        if (options.Lowercase)
        {
            Lowercase.Normalize(text);
        }
    }

    private static void SetIdeographsApart(NormalizedText text)
    {
        if (text.Points.IndexOfAnyExceptInRange(0, 0x33FF) < 0)
        {
            return;
        }

        List<Change> changes = new(text.Length);
        foreach (int point in text.Points)
        {
            if (UnicodeClass.IsCjkIdeograph(point))
            {
                changes.Add(new Change(' ', 0));
                changes.Add(new Change(point, 1));
                changes.Add(new Change(' ', 1));
            }
            else
            {
                changes.Add(new Change(point, 0));
            }
        }

        text.Rewrite(changes);
    }
}
