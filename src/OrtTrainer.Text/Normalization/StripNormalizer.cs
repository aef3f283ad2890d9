using OrtTrainer.Text.Alignment;

namespace OrtTrainer.Text.Normalization;

/// <summary>Component Strip: drops white space at the ends.</summary>
internal sealed class StripNormalizer(bool left, bool right) : Normalizer
{
    /// <summary>Whether white space at the beginning goes.</summary>
    public bool Left => left;

    /// <summary>Whether white space at the end goes.</summary>
    public bool Right => right;

    /// <inheritdoc/>
    public override void Normalize(NormalizedText text)
    {
        ReadOnlySpan<int> points = text.Points;
        int start = 0;
        int end = points.Length;
        while (left && start < end && UnicodeClass.IsWhiteSpace(points[start]))
        {
            start++;
        }

        while (right && end > start && UnicodeClass.IsWhiteSpace(points[end - 1]))
        {
            end--;
        }

        List<Change> kept = new(end - start);
        foreach (int point in points[start..end])
        {
            kept.Add(new Change(point, 0));
        }

        text.Rewrite(kept, start);
    }
}
