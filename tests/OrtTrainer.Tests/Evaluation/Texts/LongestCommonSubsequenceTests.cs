using OrtTrainer.Evaluation.Texts;

namespace OrtTrainer.Tests.Evaluation.Texts;

public sealed class LongestCommonSubsequenceTests
{
    [Test]
    public void The_length_is_that_of_the_longest_choice_that_occurs([Range(1, 12)] int seed)
    {
        Random random = new(seed);
        string[] first = Words(random, 8), second = Words(random, 9);
        IReadOnlyList<int> places = LongestCommonSubsequence.In(first, second);

        int longest = Enumerable.Range(0, 1 << first.Length)
            .Select(set => first.Where((_, i) => (set >> i & 1) == 1).ToArray())
            .Where(choice => IsSubsequence(choice, second)).Max(choice => choice.Length);
        Assert.That(places, Has.Count.EqualTo(longest));
        Assert.That(places, Is.Ordered.Descending);
        Assert.That(IsSubsequence([.. places.Reverse().Select(i => first[i])], second), Is.True);
    }

    [Test]
    public void Nothing_has_nothing_in_common() =>
        Assert.That(LongestCommonSubsequence.In([], ["a"]).Concat(LongestCommonSubsequence.In(["a"], [])), Is.Empty);

    private static bool IsSubsequence(string[] choice, string[] text)
    {
        int found = 0;
        foreach (string word in text)
        {
            found += found < choice.Length && choice[found] == word ? 1 : 0;
        }

        return found == choice.Length;
    }

    private static string[] Words(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => ((char)('a' + random.Next(3))).ToString())];
}
