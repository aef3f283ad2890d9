using System.Globalization;
using OrtTrainer.Text.Alignment;

namespace OrtTrainer.Text.Normalization;

/// <summary>
/// Component Precompiled: replaces characters by a precompiled map, short grapheme clusters as a whole where the map
/// has them.
/// </summary>
/// <remarks>
/// The reference implementation takes, for a cluster or a character, the shortest key it begins with, and what is
/// dropped at the very start of a text goes unrecorded, which shifts offsets; both are reproduced.
/// </remarks>
internal sealed class PrecompiledNormalizer(CharacterMap map) : Normalizer
{
    private const int LongestCluster = 5;

    /// <summary>The map.</summary>
    public CharacterMap Map => map;

    /// <inheritdoc/>
    public override void Normalize(NormalizedText text)
    {
        string units = text.ToString();
        List<Change> changes = new(text.Length);
        bool modified = false;
        for (int start = 0; start < units.Length;)
        {
            int length = StringInfo.GetNextTextElementLength(units, start);
            ReadOnlySpan<char> cluster = units.AsSpan(start, length);
            start += length;
            int[] points = CodePoints.From(cluster);
            if (System.Text.Encoding.UTF8.GetByteCount(cluster) <= LongestCluster && Replace(points, changes))
            {
                modified = true;
                continue;
            }

            foreach (int point in points)
            {
                if (Replace([point], changes))
                {
                    modified = true;
                }
                else
                {
                    changes.Add(new Change(point, 0));
                }
            }
        }

        if (modified)
        {
            text.Rewrite(changes);
        }
    }

    private bool Replace(ReadOnlySpan<int> points, List<Change> changes)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(CodePoints.ToText(points));
        ReadOnlySpan<byte> replacement = map.ShortestMatch(bytes, out int length);
        if (length == 0)
        {
            return false;
        }

        int[] added = CodePoints.From(System.Text.Encoding.UTF8.GetString(replacement));
        int replaced = Math.Min(added.Length, points.Length);
        for (int i = 0; i < added.Length; i++)
        {
            changes.Add(new Change(added[i], i < replaced ? 0 : 1));
        }

        if (replaced < points.Length && changes.Count > 0)
        {
            changes[^1] = changes[^1] with { Delta = changes[^1].Delta + added.Length - points.Length };
        }

        return true;
    }
}
