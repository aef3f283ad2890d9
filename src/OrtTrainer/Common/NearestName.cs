namespace OrtTrainer.Common;

/// <summary>Finds what a mistyped name was probably meant to be.</summary>
internal static class NearestName
{
    /// <summary>
    /// The known name with the fewest edits (Levenshtein distance, upper and lower case alike) to
    /// <paramref name="name"/>, or null where even that takes more than one edit per three letters or so (at least
    /// one, at most three).
    /// </summary>
    public static string? Of(string name, IEnumerable<string> known)
    {
        int allowed = Math.Clamp((name.Length + 1) / 3, 1, 3);
        return known
            .Select(candidate => (candidate, edits: Edits(name.ToUpperInvariant(), candidate.ToUpperInvariant())))
            .Where(pair => pair.edits <= allowed)
            .OrderBy(pair => pair.edits)
            .Select(pair => pair.candidate)
            .FirstOrDefault();
    }

    private static int Edits(string a, string b)
    {
        int[] previous = [.. Enumerable.Range(0, b.Length + 1)];
        int[] current = new int[b.Length + 1];
        for (int i = 0; i < a.Length; i++)
        {
            current[0] = i + 1;
            for (int j = 0; j < b.Length; j++)
            {
                int replaced = previous[j] + (a[i] == b[j] ? 0 : 1);
                current[j + 1] = Math.Min(replaced, 1 + Math.Min(previous[j + 1], current[j]));
            }

            (previous, current) = (current, previous);
        }

        return previous[b.Length];
    }
}
