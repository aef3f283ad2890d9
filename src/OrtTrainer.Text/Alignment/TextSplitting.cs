namespace OrtTrainer.Text.Alignment;

/// <summary>Cuts a text at delimiters.</summary>
internal static class TextSplitting
{
    /// <summary>Cuts at every single code point that satisfies the condition.</summary>
    public static void SplitAt(
        this NormalizedText text, Func<int, bool> isDelimiter, SplitBehavior behavior, List<NormalizedText> parts)
    {
        List<TextRange> delimiters = [];
        ReadOnlySpan<int> points = text.Points;
        for (int i = 0; i < points.Length; i++)
        {
            if (isDelimiter(points[i]))
            {
                delimiters.Add(new TextRange(i, i + 1));
            }
        }

        text.SplitAt(delimiters, behavior, parts);
    }

    /// <summary>
    /// Cuts at the given matches, which are in text order and do not overlap, or, inverted, at what lies between them;
    /// then neighbouring matches stay pieces of their own.
    /// </summary>
    public static void SplitAt(
        this NormalizedText text, IEnumerable<TextRange> matches, SplitBehavior behavior, List<NormalizedText> parts,
        bool invert = false)
    {
        foreach ((TextRange range, bool isDelimiter) in Merge(Cover(matches, text.Length, invert), behavior))
        {
            if (!isDelimiter || behavior != SplitBehavior.Removed)
            {
                parts.Add(text.Slice(range.Start, range.End));
            }
        }
    }

    private static List<(TextRange Range, bool IsDelimiter)> Cover(
        IEnumerable<TextRange> matches, int length, bool invert)
    {
        List<(TextRange, bool)> cover = [];
        int covered = 0;
        foreach (TextRange match in matches)
        {
            if (match.Start > covered)
            {
                cover.Add((new TextRange(covered, match.Start), invert));
            }

            cover.Add((match, !invert));
            covered = match.End;
        }

        if (covered < length)
        {
            cover.Add((new TextRange(covered, length), invert));
        }

        return cover;
    }

    private static List<(TextRange Range, bool IsDelimiter)> Merge(
        List<(TextRange Range, bool IsDelimiter)> cover, SplitBehavior behavior)
    {
        if (behavior is SplitBehavior.Removed or SplitBehavior.Isolated)
        {
            return cover;
        }

        bool fromEnd = behavior == SplitBehavior.MergedWithNext;
        if (fromEnd)
        {
            cover.Reverse();
        }

        List<(TextRange Range, bool IsDelimiter)> merged = new(cover.Count);
        bool previous = false;
        foreach ((TextRange range, bool isDelimiter) in cover)
        {
            bool joins = merged.Count > 0
                && (behavior == SplitBehavior.Contiguous ? isDelimiter == previous : isDelimiter && !previous);
            if (joins)
            {
                TextRange last = merged[^1].Range;
                merged[^1] = (
                    new TextRange(Math.Min(last.Start, range.Start), Math.Max(last.End, range.End)), isDelimiter);
            }
            else
            {
                merged.Add((range, isDelimiter));
            }

            previous = isDelimiter;
        }

        if (fromEnd)
        {
            merged.Reverse();
        }

        return merged;
    }
}
