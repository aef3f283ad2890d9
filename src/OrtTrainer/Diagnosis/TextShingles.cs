using System.Globalization;
using System.Text;

namespace OrtTrainer.Diagnosis;

/// <summary>
/// A text as the set of all runs of five characters in it, letters and digits in lower case and everything else one
/// space: texts that differ in case, spacing and punctuation only have the same set.
/// </summary>
internal static class TextShingles
{
    /// <summary>Characters of a shingle.</summary>
    public const int Width = 5;

    /// <summary>The hashes of a text's shingles, ascending, each once; of a shorter text that of all of it.</summary>
    public static ulong[] Of(string text)
    {
        string plain = Plain(text);
        if (plain.Length <= Width)
        {
            return [Hash(plain)];
        }

        HashSet<ulong> shingles = [];
        for (int at = 0; at + Width <= plain.Length; at++)
        {
            shingles.Add(Hash(plain.AsSpan(at, Width)));
        }

        ulong[] sorted = [.. shingles];
        Array.Sort(sorted);
        return sorted;
    }

    /// <summary>Shared shingles by all, of two sorted sets.</summary>
    public static double Jaccard(ReadOnlySpan<ulong> one, ReadOnlySpan<ulong> other)
    {
        (int i, int j, int shared) = (0, 0, 0);
        while (i < one.Length && j < other.Length)
        {
            int order = one[i].CompareTo(other[j]);
            shared += order == 0 ? 1 : 0;
            i += order <= 0 ? 1 : 0;
            j += order >= 0 ? 1 : 0;
        }

        return (double)shared / (one.Length + other.Length - shared);
    }

    private static string Plain(string text)
    {
        StringBuilder plain = new(text.Length);
        foreach (char character in text)
        {
            UnicodeCategory kind = char.GetUnicodeCategory(character);
            bool isWord = char.IsLetterOrDigit(character) || kind is UnicodeCategory.Surrogate
                or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
            if (isWord)
            {
                plain.Append(char.ToLowerInvariant(character));
            }
            else if (plain.Length > 0 && plain[^1] != ' ')
            {
                plain.Append(' ');
            }
        }

        return plain.ToString().TrimEnd();
    }

    // FNV-1a over the characters, in 64 bits: the same on every machine.
    private static ulong Hash(ReadOnlySpan<char> characters)
    {
        ulong hash = 14695981039346656037;
        foreach (char character in characters)
        {
            hash = (hash ^ character) * 1099511628211;
        }

        return hash;
    }
}
