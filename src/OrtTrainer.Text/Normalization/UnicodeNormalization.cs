using OrtTrainer.Text.Alignment;

namespace OrtTrainer.Text.Normalization;

/// <summary>Unicode normalization that reports how each new code point relates to the old ones.</summary>
/// <remarks>Unicode Standard, section 3.11 (normalization) and 3.12 (Hangul syllables).</remarks>
internal static class UnicodeNormalization
{
    private const int HangulBase = 0xAC00;
    private const int LeadBase = 0x1100;
    private const int VowelBase = 0x1161;
    private const int TrailBase = 0x11A7;
    private const int LeadCount = 19;
    private const int VowelCount = 21;
    private const int TrailCount = 28;
    private const int HangulCount = LeadCount * VowelCount * TrailCount;

    /// <summary>Brings a text to a form; a text that is in it already is left alone.</summary>
    public static void Apply(NormalizedText text, UnicodeForm form)
    {
        bool compatible = form is UnicodeForm.Nfkc or UnicodeForm.Nfkd;

        // Below U+00A0 nothing decomposes; below U+00C0 only compatibility decompositions exist, below U+0300 nothing
        // composes.
        int harmless = form switch { UnicodeForm.Nfc => 0x300, UnicodeForm.Nfd => 0xC0, _ => 0xA0 };
        if (text.Points.IndexOfAnyExceptInRange(0, harmless - 1) < 0)
        {
            return;
        }

        List<Change> changes = Decompose(text.Points, compatible);
        if (form is UnicodeForm.Nfc or UnicodeForm.Nfkc)
        {
            changes = Compose(changes);
        }

        text.Rewrite(changes);
    }

    private static List<Change> Decompose(ReadOnlySpan<int> points, bool compatible)
    {
        List<Change> changes = new(points.Length);
        List<int> parts = [];
        int pending = 0;
        foreach (int point in points)
        {
            parts.Clear();
            AddParts(point, compatible, parts);
            for (int i = 0; i < parts.Count; i++)
            {
                if (DecompositionTable.CombiningClass(parts[i]) == 0)
                {
                    SortMarks(changes, pending);
                    pending = changes.Count;
                }

                changes.Add(new Change(parts[i], i == 0 ? 0 : 1));
            }
        }

        SortMarks(changes, pending);
        return changes;
    }

    private static void AddParts(int point, bool compatible, List<int> parts)
    {
        int syllable = point - HangulBase;
        if (syllable is >= 0 and < HangulCount)
        {
            parts.Add(LeadBase + (syllable / (VowelCount * TrailCount)));
            parts.Add(VowelBase + (syllable / TrailCount % VowelCount));
            if (syllable % TrailCount != 0)
            {
                parts.Add(TrailBase + (syllable % TrailCount));
            }
        }
        else if (DecompositionTable.Decomposition(point, compatible) is { } decomposition)
        {
            foreach (int part in decomposition)
            {
                AddParts(part, compatible, parts);
            }
        }
        else
        {
            parts.Add(point);
        }
    }

    /// <summary>Sorts the changes from <paramref name="start"/> by combining class, equal ones in text order.</summary>
    private static void SortMarks(List<Change> changes, int start)
    {
        for (int i = start + 1; i < changes.Count; i++)
        {
            Change moving = changes[i];
            byte combiningClass = DecompositionTable.CombiningClass(moving.CodePoint);
            int place = i;
            for (; place > start
                && DecompositionTable.CombiningClass(changes[place - 1].CodePoint) > combiningClass; place--)
            {
                changes[place] = changes[place - 1];
            }

            changes[place] = moving;
        }
    }

    private static List<Change> Compose(List<Change> decomposed)
    {
        List<Change> composed = new(decomposed.Count);
        int starter = -1;
        int lastClass = -1;
        foreach (Change change in decomposed)
        {
            int combiningClass = DecompositionTable.CombiningClass(change.CodePoint);

            // A mark is blocked by one of the same or a higher class between it and the starter.
            bool blocked = lastClass >= combiningClass;
            if (starter >= 0 && !blocked && ComposePair(composed[starter].CodePoint, change.CodePoint) is { } pair)
            {
                composed[starter] = new Change(pair, composed[starter].Delta + change.Delta - 1);
                continue;
            }

            if (combiningClass == 0)
            {
                starter = composed.Count;
                lastClass = -1;
            }
            else
            {
                lastClass = combiningClass;
            }

            composed.Add(change);
        }

        return composed;
    }

    private static int? ComposePair(int first, int second)
    {
        int lead = first - LeadBase;
        int vowel = second - VowelBase;
        if (lead is >= 0 and < LeadCount && vowel is >= 0 and < VowelCount)
        {
            return HangulBase + (((lead * VowelCount) + vowel) * TrailCount);
        }

        int syllable = first - HangulBase;
        int trail = second - TrailBase;
        if (syllable is >= 0 and < HangulCount && syllable % TrailCount == 0 && trail is > 0 and < TrailCount)
        {
            return first + trail;
        }

        return DecompositionTable.Compose(first, second);
    }
}
