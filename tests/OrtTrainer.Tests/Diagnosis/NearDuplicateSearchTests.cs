using OrtTrainer.Diagnosis;
using OrtTrainer.Randomness;

namespace OrtTrainer.Tests.Diagnosis;

public class NearDuplicateSearchTests
{
    [Test]
    public void Every_pair_that_a_search_of_all_pairs_finds_is_found()
    {
        string[] texts = [.. Texts(count: 120)];
        ulong[][] shingles = [.. texts.Select(TextShingles.Of)];
        List<(int, int)> expected = [];
        for (int second = 0; second < texts.Length; second++)
        {
            for (int first = 0; first < second; first++)
            {
                if (TextShingles.Jaccard(shingles[first], shingles[second]) >= 0.8)
                {
                    expected.Add((first, second));
                }
            }
        }

        IReadOnlyList<NearDuplicate> found = new NearDuplicateSearch(texts).Find(0.8);

        Assert.That(expected, Has.Count.GreaterThan(10));
        Assert.That(found.Select(pair => (pair.First, pair.Second)), Is.EquivalentTo(expected));
    }

    [Test]
    public void Case_spacing_and_punctuation_make_no_difference() =>
        Assert.That(
            new NearDuplicateSearch(["What is `` dew point '' ?", "what is  Dew point?"]).Find(1),
            Is.EqualTo(new[] { new NearDuplicate(0, 1, 1) }));

    [Test]
    public void The_similarity_is_shared_shingles_by_all() =>
        Assert.That(
            // abcde, bcdef and cdefg, defgh: two of four are shared.
            TextShingles.Jaccard(TextShingles.Of("abcdefg"), TextShingles.Of("bcdefgh")),
            Is.EqualTo(2.0 / 4));

    [Test]
    public void Texts_without_a_word_are_left_out() =>
        Assert.That(new NearDuplicateSearch(["", " ", ""]).Find(0.8), Is.Empty);

    /// <summary>Random sentences, each followed by itself with a letter changed somewhere.</summary>
    private static IEnumerable<string> Texts(int count)
    {
        SeededRandom random = new(5);
        for (int i = 0; i < count; i += 2)
        {
            char[] text = [.. Enumerable.Range(0, 60).Select(_ => (char)('a' + random.NextInt(20)))];
            yield return new string(text);
            for (int changes = 1 + random.NextInt(3); changes > 0; changes--)
            {
                text[random.NextInt(text.Length)] = 'z';
            }

            yield return new string(text);
        }
    }
}
