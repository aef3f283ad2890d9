using OrtTrainer.Text.Alignment;

namespace OrtTrainer.Text.Normalization;

/// <summary>
/// Component Lowercase: the lower-case mapping of each character by itself, without regard to its neighbours.
/// </summary>
internal sealed class LowercaseNormalizer : Normalizer
{
    private const int CapitalDottedI = 0x130;
    private const int CombiningDotAbove = 0x307;

    /// <inheritdoc/>
    public override void Normalize(NormalizedText text)
    {
        if (!text.Points.Contains(CapitalDottedI))
        {
            text.Map(UnicodeClass.ToLower);
            return;
        }

        List<Change> changes = new(text.Length + 1);
        foreach (int point in text.Points)
        {
            if (point == CapitalDottedI)
            {
                changes.Add(new Change('i', 0));
                changes.Add(new Change(CombiningDotAbove, 1));
            }
            else
            {
                changes.Add(new Change(UnicodeClass.ToLower(point), 0));
            }
        }

        text.Rewrite(changes);
    }
}
