using System.Runtime.InteropServices;

namespace OrtTrainer.Text.Training;

/// <summary>
/// The pieces that a unigram vocabulary is chosen from: all characters, and the substrings that occur more than once,
/// the ones that would cover most characters first. Substrings come from a suffix array, of whose inner nodes each
/// stands for all that always go on alike (Kudo 2018, section 3.2; UnigramTrainer of Hugging Face's tokenizers).
/// </summary>
internal static class SeedPieces
{
    /// <summary>Pieces with logarithms of their shares, as code points.</summary>
    /// <param name="words">The words as code points, with their counts.</param>
    /// <param name="longest">The most code points of a piece.</param>
    /// <param name="most">The most pieces beside characters.</param>
    public static List<(int[] Piece, double Score)> Of(
        IReadOnlyList<(int[] Word, long Count)> words, int longest, int most)
    {
        Dictionary<int, long> characters = [];
        List<int> text = [];
        foreach ((int[] word, long count) in words)
        {
            text.AddRange(word);
            text.Add(0);
            foreach (int point in word)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(characters, point, out _) += count;
            }
        }

        List<(int[] Piece, double Score)> pieces =
        [
            .. characters.OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key)
                .Select(entry => (new[] { entry.Key }, (double)entry.Value)),
        ];
        int[] points = [.. text];
        pieces.AddRange(Substrings(points, longest)
            .OrderByDescending(found => (long)found.Frequency * found.Length)
            .ThenBy(found => found, Comparer<(int Start, int Length, int Frequency)>.Create((one, other) =>
                points.AsSpan(one.Start, one.Length).SequenceCompareTo(points.AsSpan(other.Start, other.Length))))
            .Take(most)
            .Select(found => (
                points[found.Start..(found.Start + found.Length)], (double)found.Frequency * found.Length)));
        double logSum = Math.Log(pieces.Sum(piece => piece.Score));
        return [.. pieces.Select(piece => (piece.Piece, Math.Log(piece.Score) - logSum))];
    }

    /// <summary>
    /// The substrings of two code points or more, within words, that occur more than once and not always before the
    /// same.
    /// </summary>
    /// <param name="text">Words, a 0 after each.</param>
    /// <param name="longest">The most code points.</param>
    internal static List<(int Start, int Length, int Frequency)> Substrings(int[] text, int longest)
    {
        // One more than a piece has tells whether its occurrences go on alike.
        int depth = longest + 1;
        int[] suffixes = [.. Enumerable.Range(0, text.Length)];
        Sort(text, suffixes, depth);
        List<(int Start, int Length, int Frequency)> found = [];
        Stack<(int Length, int First)> open = new();
        for (int i = 1; i <= suffixes.Length; i++)
        {
            int common = i == suffixes.Length ? 0 : CommonLength(text, suffixes[i - 1], suffixes[i], depth);
            int first = i - 1;
            while (open.TryPeek(out (int Length, int First) top) && top.Length > common)
            {
                open.Pop();
                first = top.First;
                int start = suffixes[first];
                if (top.Length >= 2 && top.Length <= longest && !text.AsSpan(start, top.Length).Contains(0))
                {
                    found.Add((start, top.Length, i - first));
                }
            }

            if (common > 0 && (open.Count == 0 || open.Peek().Length < common))
            {
                open.Push((common, first));
            }
        }

        return found;
    }

    /// <summary>Sorts suffixes by their first code points, by three-way radix quicksort (Bentley and Sedgewick
    /// 1997).</summary>
    private static void Sort(int[] text, int[] suffixes, int depth)
    {
        Stack<(int From, int To, int At)> parts = new([(0, suffixes.Length, 0)]);
        while (parts.TryPop(out (int From, int To, int At) part))
        {
            (int from, int to, int at) = part;
            if (to - from < 2 || at == depth)
            {
                continue;
            }

            int pivot = PointAt(text, suffixes[from + ((to - from) / 2)] + at);
            (int less, int next, int more) = (from, from, to);
            while (next < more)
            {
                int point = PointAt(text, suffixes[next] + at);
                if (point < pivot)
                {
                    (suffixes[less], suffixes[next]) = (suffixes[next], suffixes[less]);
                    less++;
                    next++;
                }
                else if (point > pivot)
                {
                    more--;
                    (suffixes[more], suffixes[next]) = (suffixes[next], suffixes[more]);
                }
                else
                {
                    next++;
                }
            }

            parts.Push((from, less, at));
            parts.Push((more, to, at));
            if (pivot >= 0)
            {
                parts.Push((less, more, at + 1));
            }
        }
    }

    private static int PointAt(int[] text, int place) => place < text.Length ? text[place] : -1;

    private static int CommonLength(int[] text, int one, int other, int most)
    {
        int length = 0;
        int end = Math.Min(most, text.Length - Math.Max(one, other));
        while (length < end && text[one + length] == text[other + length])
        {
            length++;
        }

        return length;
    }
}
