using System.Text;
using OrtTrainer.Text.Alignment;

namespace OrtTrainer.Text.Normalization;

/// <summary>
/// The SentencePiece library's own normalization: the longest key of the character map at every place, then its
/// treatment of blanks.
/// </summary>
internal sealed class SentencePieceNormalizer(
    CharacterMap? map, LongestPrefix userDefined, SentencePieceNormalizerOptions options) : Normalizer
{
    private readonly int _blank = options.EscapeWhitespaces ? '\u2581' : ' ';

    /// <inheritdoc/>
    public override void Normalize(NormalizedText text)
    {
        List<MappedPoint> mapped = Map(text.Points);
        if (options.RemoveExtraWhitespaces)
        {
            RemoveExtraBlanks(mapped);
        }

        if (mapped.Count > 0 && options.AddDummyPrefix)
        {
            if (options.WhitespaceAsSuffix)
            {
                mapped.Add(mapped[^1] with { CodePoint = ' ' });
            }
            else
            {
                mapped.Insert(0, mapped[0] with { CodePoint = ' ' });
            }
        }

        for (int i = 0; i < mapped.Count; i++)
        {
            if (mapped[i].CodePoint == ' ')
            {
                mapped[i] = mapped[i] with { CodePoint = _blank };
            }
        }

        text.Rewrite(mapped);
    }

    private static void RemoveExtraBlanks(List<MappedPoint> mapped)
    {
        bool afterBlank = true;
        int kept = 0;
        for (int i = 0; i < mapped.Count; i++)
        {
            MappedPoint point = mapped[i];
            bool isBlank = point.CodePoint == ' ';
            if (!(isBlank && afterBlank))
            {
                mapped[kept++] = point;
            }

            afterBlank = isBlank;
        }

        while (kept > 0 && mapped[kept - 1].CodePoint == ' ')
        {
            kept--;
        }

        mapped.RemoveRange(kept, mapped.Count - kept);
    }

    private List<MappedPoint> Map(ReadOnlySpan<int> points)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(CodePoints.ToText(points));
        List<MappedPoint> mapped = new(points.Length + 1);
        int at = 0;
        for (int start = 0; start < points.Length;)
        {
            int end = start + userDefined.Match(points[start..]);
            if (end == start && map is not null)
            {
                ReadOnlySpan<byte> replacement = map.LongestMatch(bytes.AsSpan(at), out int length);
                end = length == 0 ? start : PointsEnd(points, start, length);
                foreach (Rune rune in System.Text.Encoding.UTF8.GetString(replacement).EnumerateRunes())
                {
                    mapped.Add(new MappedPoint(rune.Value, start, end));
                }
            }
            else
            {
                AddUnchanged(mapped, points, start, end);
            }

            if (end == start)
            {
                end = start + 1;
                AddUnchanged(mapped, points, start, end);
            }

            foreach (int point in points[start..end])
            {
                at += new Rune(point).Utf8SequenceLength;
            }

            start = end;
        }

        return mapped;
    }

    private static void AddUnchanged(List<MappedPoint> mapped, ReadOnlySpan<int> points, int start, int end)
    {
        for (int i = start; i < end; i++)
        {
            mapped.Add(new MappedPoint(points[i], i, i + 1));
        }
    }

    private static int PointsEnd(ReadOnlySpan<int> points, int start, int byteCount)
    {
        while (byteCount > 0 && start < points.Length)
        {
            byteCount -= new Rune(points[start++]).Utf8SequenceLength;
        }

        return start;
    }
}
