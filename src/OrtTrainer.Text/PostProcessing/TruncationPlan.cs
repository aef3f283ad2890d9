namespace OrtTrainer.Text.PostProcessing;

/// <summary>Decides how many tokens each text of a pair keeps.</summary>
internal static class TruncationPlan
{
    /// <summary>The tokens that stay of the first and of the second text.</summary>
    /// <param name="first">The first text's tokens.</param>
    /// <param name="second">The second text's tokens, or null where there is none.</param>
    /// <param name="room">The most tokens of both together.</param>
    /// <param name="truncation">Which text is cut.</param>
    /// <exception cref="TruncationException">The text to cut is too short, or there is no second text.</exception>
    public static (int First, int Second) Keep(int first, int? second, int room, Truncation truncation)
    {
        int excess = first + (second ?? 0) - room;
        if (excess <= 0)
        {
            return (first, second ?? 0);
        }

        switch (truncation)
        {
            case Truncation.LongestFirst:
                return second is { } longest ? KeepLongest(first, longest, room) : (room, 0);
            case Truncation.OnlyFirst:
                return (Cut("first", first, excess, room), second ?? 0);
            case Truncation.OnlySecond when second is { } other:
                return (first, Cut("second", other, excess, room));
            default:
                throw new TruncationException(
                    $"There is no second text to cut to {room} tokens; cut the first (Truncation.OnlyFirst) or "
                    + "the longest.");
        }
    }

    // The shorter text keeps everything while the longer one fits into the rest; else both get half, the longer one
    // more of an odd number.
    private static (int First, int Second) KeepLongest(int first, int second, int room)
    {
        int shorter = Math.Min(first, second);
        int longer = shorter > room ? shorter : Math.Max(shorter, room - shorter);
        if (shorter + longer > room)
        {
            shorter = room / 2;
            longer = shorter + (room % 2);
        }

        return first > second ? (longer, shorter) : (shorter, longer);
    }

    private static int Cut(string which, int count, int excess, int room) =>
        count > excess
            ? count - excess
            : throw new TruncationException(
                $"The {which} text has {count} tokens and {excess} would have to go so that {room} remain in all; "
                + "raise MaxLength or cut the longest (Truncation.LongestFirst).");
}
