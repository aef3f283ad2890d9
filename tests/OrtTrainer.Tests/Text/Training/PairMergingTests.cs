using OrtTrainer.Text.Training;

namespace OrtTrainer.Tests.Text.Training;

public sealed class PairMergingTests
{
    /// <summary>The example of Hugging Face's course on tokenizers, chapter 6.</summary>
    [Test]
    public void Pairs_merge_by_how_often_they_occur()
    {
        (List<string> vocabulary, PairMerging merging) = Run(
            [("hug", 10), ("pug", 5), ("pun", 12), ("bun", 4), ("hugs", 5)], ["b", "g", "h", "n", "p", "s", "u"], 10);

        Assert.That(vocabulary[7..], Is.EqualTo(new[] { "ug", "un", "hug" }));
        Assert.That(merging.Merges, Is.EqualTo(new[] { (6, 1), (6, 3), (2, 7) }));
    }

    [Test]
    public void Of_pairs_that_occur_equally_often_the_one_of_the_smallest_ids_merges()
    {
        (List<string> vocabulary, _) = Run([("cd", 3), ("ab", 3), ("ac", 3)], ["a", "b", "c", "d"], 6);

        Assert.That(vocabulary[4..], Is.EqualTo(new[] { "ab", "ac" }));
    }

    [Test]
    public void Pairs_that_occur_too_seldom_stay_apart()
    {
        (List<string> vocabulary, _) = Run([("ab", 3), ("cd", 2)], ["a", "b", "c", "d"], 100, minFrequency: 3);

        Assert.That(vocabulary[4..], Is.EqualTo(new[] { "ab" }));
    }

    [Test]
    public void Characters_inside_a_word_are_marked_and_the_mark_is_not_repeated()
    {
        (List<string> vocabulary, _) = Run([("abcd", 2)], ["a", "b", "c", "d"], 10, prefix: "##");

        Assert.That(vocabulary[4..], Is.EqualTo(new[] { "##b", "##c", "##d", "ab", "##cd", "abcd" }));
    }

    [Test]
    public void Overlapping_pairs_merge_from_the_left()
    {
        (List<string> vocabulary, _) = Run([("aaaaa", 4)], ["a"], 4);

        // aaaaa to aa aa a, of whose pairs the one of aa with a has the smaller ids.
        Assert.That(vocabulary, Is.EqualTo(new[] { "a", "aa", "aaa", "aaaaa" }));
    }

    /// <summary>A twin that counts all pairs anew for every merge.</summary>
    [TestCase("")]
    [TestCase("##")]
    public void Counts_kept_up_to_date_lead_to_the_same_tokens_as_counts_made_anew(string prefix)
    {
        Random random = new(7);
        Dictionary<string, long> counts = [];
        for (int i = 0; i < 400; i++)
        {
            string word = string.Concat(Enumerable.Range(0, random.Next(1, 9)).Select(_ => "abcde"[random.Next(5)]));
            counts[word] = counts.GetValueOrDefault(word) + random.Next(1, 5);
        }

        (string, long)[] words = [.. counts.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => (e.Key, e.Value))];
        string[] alphabet = ["a", "b", "c", "d", "e"];

        (List<string> vocabulary, _) = Run(words, alphabet, 60, prefix: prefix);

        Assert.That(vocabulary, Is.EqualTo(Anew(words, alphabet, 60, prefix)));
    }

    private static (List<string>, PairMerging) Run(
        (string, long)[] words, string[] alphabet, int size, long minFrequency = 1, string prefix = "")
    {
        List<string> vocabulary = [.. alphabet];
        PairMerging merging = new(vocabulary, prefix);
        merging.Run(words, size, minFrequency, CancellationToken.None);
        return (vocabulary, merging);
    }

    private static List<string> Anew((string Word, long Count)[] words, string[] alphabet, int size, string prefix)
    {
        List<string> vocabulary = [.. alphabet];
        List<(List<string> Tokens, long Count)> spelled = [];
        foreach ((string word, long count) in words)
        {
            List<string> tokens = [.. word.Select((c, i) => i == 0 ? $"{c}" : $"{prefix}{c}")];
            vocabulary.AddRange(tokens.Except(vocabulary).ToArray());
            spelled.Add((tokens, count));
        }

        while (vocabulary.Count < size)
        {
            (string left, string right) = spelled
                .SelectMany(word => word.Tokens.Zip(word.Tokens.Skip(1)).Select(pair => (pair, word.Count)))
                .GroupBy(entry => entry.pair, entry => entry.Count)
                .OrderByDescending(group => group.Sum())
                .ThenBy(group => vocabulary.IndexOf(group.Key.First))
                .ThenBy(group => vocabulary.IndexOf(group.Key.Second))
                .First().Key;
            string made = left + right[(prefix.Length > 0 && right.StartsWith(prefix) ? prefix.Length : 0)..];
            if (!vocabulary.Contains(made))
            {
                vocabulary.Add(made);
            }

            foreach ((List<string> tokens, _) in spelled)
            {
                for (int i = 0; i + 1 < tokens.Count; i++)
                {
                    if (tokens[i] == left && tokens[i + 1] == right)
                    {
                        tokens[i] = made;
                        tokens.RemoveAt(i + 1);
                    }
                }
            }
        }

        return vocabulary;
    }
}
