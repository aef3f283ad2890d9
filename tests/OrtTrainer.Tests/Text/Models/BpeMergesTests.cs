using OrtTrainer.Text.Models;

namespace OrtTrainer.Tests.Text.Models;

public sealed class BpeMergesTests
{
    [Test]
    public void Thousands_of_merges_are_found_and_no_others()
    {
        // All pairs of 60 letters: the ids are neighbours, which is what makes poor hash functions collide.
        string[] letters = [.. Enumerable.Range(0, 60).Select(i => ((char)(0x100 + i)).ToString())];
        (string Left, string Right)[] pairs =
        [
            .. from left in letters from right in letters where left != right select (left, right),
        ];
        BpeMerges merges = new(
            TinyVocabulary.Of([.. letters, .. pairs.Select(pair => pair.Left + pair.Right)]), pairs, "");

        int rank = 0;
        for (int left = 0; left < 60; left++)
        {
            for (int right = 0; right < 60; right++)
            {
                bool found = merges.TryGet(left, right, out (int Rank, int Id) merge);
                bool expected = left != right;
                if (found != expected || (found && merge != (rank, 60 + rank)))
                {
                    Assert.Fail($"pair {left}, {right}");
                }

                rank += expected ? 1 : 0;
            }
        }

        Assert.That(merges.TryGet(60, 0, out _), Is.False);
    }

    [Test]
    public void Without_merges_nothing_merges() =>
        Assert.That(new BpeMerges(TinyVocabulary.Of("a"), [], "").TryGet(0, 0, out _), Is.False);

    [Test]
    public void Of_two_merges_of_one_pair_the_later_counts()
    {
        BpeMerges merges = new(TinyVocabulary.Of("a", "b", "ab", "ba"), [("a", "b"), ("b", "a"), ("a", "b")], "");

        Assert.That(merges.TryGet(0, 1, out (int Rank, int Id) merge), Is.True);
        Assert.That(merge, Is.EqualTo((2, 2)));
    }

    [TestCase("x", "b", "'x'")]
    [TestCase("a", "x", "'x'")]
    [TestCase("b", "a", "'ba'")]
    public void A_merge_of_or_to_no_token_is_named_with_its_number(string left, string right, string expected) =>
        Assert.That(
        () => new BpeMerges(TinyVocabulary.Of("a", "b", "ab"), [("a", "b"), (left, right)], ""),
        Throws.TypeOf<UnknownMergeException>().With.Message.Contains("number 1").And.Message.Contains(expected));
}
