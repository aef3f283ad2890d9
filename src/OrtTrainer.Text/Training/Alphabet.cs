using System.Text;

namespace OrtTrainer.Text.Training;

/// <summary>The characters that get tokens of their own.</summary>
internal static class Alphabet
{
    /// <summary>The most frequent characters of the words, in the order of their code points.</summary>
    /// <param name="words">The words with their counts.</param>
    /// <param name="limit">The most characters; of equally frequent ones those of lower code points stay.</param>
    public static IReadOnlyList<string> Of(IReadOnlyList<(string Word, long Count)> words, int limit)
    {
        Dictionary<int, long> counts = [];
        foreach ((string word, long count) in words)
        {
            foreach (Rune rune in word.EnumerateRunes())
            {
                counts[rune.Value] = counts.GetValueOrDefault(rune.Value) + count;
            }
        }

        return
        [
            .. counts.OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key).Take(limit)
                .Select(entry => entry.Key).Order().Select(point => new Rune(point).ToString()),
        ];
    }

    /// <summary>Refuses a vocabulary that has no room for more than special tokens and characters.</summary>
    /// <exception cref="InvalidDataException">It is too small.</exception>
    public static void RequireRoom(int size, int special, int characters, string advice)
    {
        if (special + characters > size)
        {
            throw new InvalidDataException($"a vocabulary of {size} tokens is smaller than its alphabet: {special} "
                + $"special tokens and {characters} characters; expected {special + characters} or more. {advice}");
        }
    }
}
