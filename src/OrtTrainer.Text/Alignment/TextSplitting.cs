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

    /// <summary>Cuts at the given delimiters, which are in text order and do not overlap.</summary>
    public static void SplitAt(
        this NormalizedText text, IEnumerable<TextRange> delimiters, SplitBehavior behavior, List<NormalizedText> parts)
    {
        foreach ((TextRange range, bool isDelimiter) in Merge(Cover(delimiters, text.Length), behavior))
        {
            if (!isDelimiter || behavior != SplitBehavior.Removed)
            {
                parts.Add(text.Slice(range.Start, range.End));
            }
        }
    }

    private static List<(TextRange Range, bool IsDelimiter)> Cover(IEnumerable<TextRange> delimiters, int length)
    {
        List<(TextRange, bool)> cover = [];
        int covered = 0;
        foreach (TextRange delimiter in delimiters)
        {
            if (delimiter.Start > covered)
            {
                cover.Add((new TextRange(covered, delimiter.Start), false));
            }

            cover.Add((delimiter, true));
            covered = delimiter.End;
        }

        if (covered < length)
        {
            cover.Add((new TextRange(covered, length), false));
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
