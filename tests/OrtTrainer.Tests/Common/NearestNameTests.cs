using OrtTrainer.Common;

namespace OrtTrainer.Tests.Common;

internal sealed class NearestNameTests
{
    [Test]
    public void The_nearest_is_the_one_with_the_fewest_edits([Range(1, 5)] int seed)
    {
        var random = new Random(seed);
        string Word() => new([.. Enumerable.Range(0, random.Next(3, 9)).Select(_ => (char)('a' + random.Next(3)))]);
        for (var n = 0; n < 40; n++)
        {
            string name = Word();
            string[] known = [.. Enumerable.Range(0, 12).Select(_ => Word())];
            int fewest = known.Min(other => Edits(name, other));

            string? found = NearestName.Of(name, known);

            int allowed = Math.Clamp((name.Length + 1) / 3, 1, 3);
            Assert.That(
                found is null ? -1 : Edits(name, found), Is.EqualTo(fewest <= allowed ? fewest : -1),
                $"{name} among {string.Join(", ", known)}");
        }
    }

    [Test]
    public void Of_equally_near_names_the_first_is_taken_and_case_is_no_edit()
    {
        Assert.That(NearestName.Of("cat", ["bat", "hat"]), Is.EqualTo("bat"));
        Assert.That(NearestName.Of("LABEL", ["lab", "label"]), Is.EqualTo("label"));
        Assert.That(NearestName.Of("text", []), Is.Null);
        Assert.That(NearestName.Of("", ["a", "ab"]), Is.EqualTo("a"));
    }

    // By its recursive definition.
    private static int Edits(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        if (a.IsEmpty || b.IsEmpty)
        {
            return a.Length + b.Length;
        }

        if (a[0] == b[0])
        {
            return Edits(a[1..], b[1..]);
        }

        return 1 + Math.Min(Edits(a[1..], b[1..]), Math.Min(Edits(a[1..], b), Edits(a, b[1..])));
    }
}
