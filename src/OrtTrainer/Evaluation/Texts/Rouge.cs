using System.Text.RegularExpressions;

namespace OrtTrainer.Evaluation.Texts;

/// <summary>
/// ROUGE (Lin 2004) as the package rouge_score computes it: words are runs of ASCII letters and digits in lower case.
/// </summary>
internal sealed partial class Rouge
{
    /// <summary>Whether words of four letters or more are stemmed (<see cref="PorterStemmer"/>).</summary>
    public bool Stems { get; init; }

    /// <summary>ROUGE-N: runs of <paramref name="order"/> words.</summary>
    /// <param name="prediction">The text to score.</param>
    /// <param name="reference">The text to find in it.</param>
    /// <param name="order">Words in a run, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The order is below 1.</exception>
    public TextOverlap NGrams(string prediction, string reference, int order)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(order, 1);
        Dictionary<string, int> found = Tally.OfNGrams(Words(prediction), order);
        Dictionary<string, int> expected = Tally.OfNGrams(Words(reference), order);
        return TextOverlap.Of(Tally.Shared(found, expected), found.Values.Sum(), expected.Values.Sum());
    }

    /// <summary>ROUGE-L: the longest common subsequence of words, line ends being spaces.</summary>
    public TextOverlap LongestSubsequence(string prediction, string reference)
    {
        (string[] found, string[] expected) = (Words(prediction), Words(reference));
        return TextOverlap.Of(LongestCommonSubsequence.In(expected, found).Count, found.Length, expected.Length);
    }

    /// <summary>
    /// ROUGE-Lsum: sentences are lines; of each sentence of the reference, the words in a longest common subsequence
    /// with any predicted sentence count, none more often than it occurs.
    /// </summary>
    public TextOverlap SummarySubsequence(string prediction, string reference)
    {
        (string[][] found, string[][] expected) = (Sentences(prediction), Sentences(reference));
        Dictionary<string, int> leftInFound = Tally.Of(found.SelectMany(words => words));
        Dictionary<string, int> leftInExpected = Tally.Of(expected.SelectMany(words => words));
        int hits = 0;
        foreach (string[] sentence in expected)
        {
            IEnumerable<int> union = found.SelectMany(other => LongestCommonSubsequence.In(sentence, other)).Distinct();
            foreach (string word in union.Order().Select(index => sentence[index]))
            {
                if (leftInFound.GetValueOrDefault(word) > 0 && leftInExpected.GetValueOrDefault(word) > 0)
                {
                    leftInFound[word]--;
                    leftInExpected[word]--;
                    hits++;
                }
            }
        }

        return TextOverlap.Of(hits, found.Sum(words => words.Length), expected.Sum(words => words.Length));
    }

    private string[][] Sentences(string text) =>
        [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Words)];

    private string[] Words(string text) =>
        [.. Word().Matches(text.ToLowerInvariant()).Select(match => Stemmed(match.Value))];

    private string Stemmed(string word) => Stems && word.Length > 3 ? PorterStemmer.Stem(word) : word;

    [GeneratedRegex("[a-z0-9]+")]
    private static partial Regex Word();
}
