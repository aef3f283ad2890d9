using OrtTrainer.Data;

namespace OrtTrainer.Tests.Data;

public sealed class NearEqualLabelsTests
{
    [TestCase("Pos", "pos", "case", TestName = "Case")]
    [TestCase("\u03a3\u03c2", "\u03c3\u03c3", "case", TestName = "Case of a final letter")]
    [TestCase("very good", "very  good", "white space", TestName = "Two spaces")]
    [TestCase("very good", "very\u00a0good", "white space", TestName = "A no-break space")]
    [TestCase("verygood", "very good", "white space", TestName = "A space and none")]
    [TestCase("caf\u00e9", "cafe\u0301", "Unicode normalization", TestName = "Composed and decomposed")]
    [TestCase("\ud55c", "\u1112\u1161\u11ab", "Unicode normalization", TestName = "Syllable and letters")]
    [TestCase("A1", "\uff21\uff11", "full and half width", TestName = "Full width")]
    [TestCase("\u30ac", "\uff76\uff9e", "full and half width", TestName = "Half width")]
    [TestCase("spam", "sp\u200bam", "invisible characters", TestName = "A space of no width")]
    [TestCase("\u2764", "\u2764\ufe0f", "invisible characters", TestName = "A selector of a variant")]
    [TestCase("No  Spam", "no spam", "white space and case", TestName = "Two differences")]
    public void What_tells_two_labels_apart_is_named(string one, string other, string differences)
    {
        NearEqualLabels found = NearEqualLabels.In(Counts((one, 1), ("else", 5), (other, 2))).Single();

        Assert.That(found.Labels, Is.EqualTo(Counts((one, 1), (other, 2))));
        Assert.That(string.Join(" and ", found.Differences), Is.EqualTo(differences));
    }

    [TestCase("resume", "r\u00e9sum\u00e9")]
    [TestCase("m2", "m\u00b2")]
    [TestCase("1", "1.0")]
    [TestCase("positive", "positives")]
    public void Other_labels_are_different(string one, string other) =>
        Assert.That(NearEqualLabels.In(Counts((one, 1), (other, 2))), Is.Empty);

    [Test]
    public void A_label_that_no_row_has_does_not_matter() =>
        Assert.That(NearEqualLabels.In(Counts(("Pos", 0), ("pos", 3))), Is.Empty);

    [Test]
    public void More_than_two_make_one_group() =>
        Assert.That(
            NearEqualLabels.In(Counts(("POS", 1), ("Pos", 2), ("neg", 7), ("pos", 3))).Single().Counted("row"),
            Is.EqualTo("'POS' (1 row), 'Pos' (2 rows) and 'pos' (3 rows)"));

    [TestCase("caf\u00e9", "cafe\u0301", "'caf\u00e9' (1 row) and 'cafe\\u0301' (1 row)")]
    [TestCase("a b", "a\u00a0b", "'a b' (1 row) and 'a\\u00a0b' (1 row)")]
    [TestCase("ab", "a\u200bb", "'ab' (1 row) and 'a\\u200bb' (1 row)")]
    public void What_cannot_be_seen_is_shown_by_its_number(string one, string other, string counted) =>
        Assert.That(NearEqualLabels.In(Counts((one, 1), (other, 1))).Single().Counted("row"), Is.EqualTo(counted));

    private static KeyValuePair<string, int>[] Counts(params (string Label, int Count)[] labels) =>
        [.. labels.Select(label => KeyValuePair.Create(label.Label, label.Count))];
}
