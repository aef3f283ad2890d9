using OrtTrainer.Text.Alignment;
using OrtTrainer.Text.Normalization;

namespace OrtTrainer.Tests.Text.Alignment;

/// <summary>Which range of the original text every code point stands for, worked out by hand.</summary>
public sealed class NormalizedTextTests
{
    [Test]
    public void At_first_every_code_point_stands_for_itself() =>
        AssertText(new NormalizedText("a😀b"), "a😀b", "0-1 1-2 2-3");

    [TestCase("xxab", "ab", "2-3 3-4")]
    [TestCase("axxb", "ab", "0-1 3-4")]
    [TestCase("abxx", "ab", "0-1 1-2")]
    [TestCase("xaxbx", "ab", "1-2 3-4")]
    [TestCase("xxx", "", "")]
    [TestCase("ab", "ab", "0-1 1-2")]
    public void Filtering_leaves_the_ranges_of_what_stays(string text, string expected, string ranges)
    {
        NormalizedText filtered = new(text);

        filtered.Filter(point => point != 'x');

        AssertText(filtered, expected, ranges);
    }

    [TestCase("a--b", "--", "+", "a+b", "0-1 2-3 3-4")]
    [TestCase("a-b", "-", "xyz", "axyzb", "0-1 1-2 1-2 1-2 2-3")]
    [TestCase("--", "-", "", "", "")]
    [TestCase("a-", "-", "", "a", "0-1")]
    [TestCase("-a", "-", "", "a", "1-2")]
    [TestCase("---", "--", "x", "x-", "1-2 2-3")]
    public void A_replacement_shares_the_range_of_the_last_code_point_replaced(
        string text, string pattern, string replacement, string expected, string ranges)
    {
        NormalizedText replaced = new(text);

        replaced.Replace(TextPattern.Literal(pattern), CodePoints.From(replacement));

        AssertText(replaced, expected, ranges);
    }

    [Test]
    public void What_is_prepended_shares_the_range_of_the_first_code_point()
    {
        NormalizedText part = new NormalizedText("abc").Slice(1, 3);

        part.Prepend(CodePoints.From("__"));

        AssertText(part, "__bc", "1-2 1-2 1-2 2-3");
    }

    [Test]
    public void Rewriting_adds_keeps_and_drops_as_the_deltas_say()
    {
        NormalizedText text = new("abcde");

        // The first two are dropped; x takes the place of c, y is added to it, z takes that of d and e goes.
        text.Rewrite([new Change('x', 0), new Change('y', 1), new Change('z', -1)], droppedAtStart: 2);

        AssertText(text, "xyz", "2-3 2-3 3-4");
    }

    [Test]
    public void A_part_may_be_rewritten_by_itself()
    {
        NormalizedText text = new("abcd");

        text.Rewrite(1, 3, [new Change('x', 0), new Change('y', 1), new Change('z', 0)], droppedAtStart: 0);

        AssertText(text, "axyzd", "0-1 1-2 1-2 2-3 3-4");
    }

    [Test]
    public void Code_points_may_stand_for_several_old_ones()
    {
        NormalizedText text = new("abc");

        text.Rewrite([new MappedPoint('X', 0, 2), new MappedPoint('Y', 2, 3), new MappedPoint('Z', 2, 3)]);

        AssertText(text, "XYZ", "0-2 2-3 2-3");
        Assert.That(text.OriginalRange(0, 3), Is.EqualTo(new OrtTrainer.Text.TextRange(0, 3)));
    }

    [Test]
    public void Steps_refer_to_the_text_before_the_first_one()
    {
        NormalizedText text = new("  É--x");

        new StripNormalizer(left: true, right: true).Normalize(text);
        new UnicodeFormNormalizer(UnicodeForm.Nfd).Normalize(text);
        new StripAccentsNormalizer().Normalize(text);
        new LowercaseNormalizer().Normalize(text);
        new ReplaceNormalizer(TextPattern.Literal("--"), " ").Normalize(text);

        AssertText(text, "e x", "2-3 4-5 5-6");
    }

    [Test]
    public void Changing_a_part_leaves_the_whole_as_it_was()
    {
        NormalizedText whole = new("abc");
        NormalizedText part = whole.Slice(0, 2);

        part.Map(point => point - 32);

        AssertText(part, "AB", "0-1 1-2");
        AssertText(whole, "abc", "0-1 1-2 2-3");
    }

    [Test]
    public void Any_steps_leave_ranges_in_order_and_inside_the_text()
    {
        Random random = new(5);
        Normalizer[] steps =
        [
            new UnicodeFormNormalizer(UnicodeForm.Nfd), new UnicodeFormNormalizer(UnicodeForm.Nfkc),
            new StripAccentsNormalizer(), new LowercaseNormalizer(), new StripNormalizer(true, true),
            new PrependNormalizer("▁ "), new ReplaceNormalizer(TextPattern.Literal(" "), "▁"),
            new ReplaceNormalizer(TextPattern.Expression("a+"), "bc"), new BertNormalizer(new BertNormalizerOptions()),
        ];
        const string alphabet = "aaAbé É\u0301\u0323İ가ﬁ½中 \u0007\t▁";
        for (int i = 0; i < 1000; i++)
        {
            string original = new([.. Enumerable.Range(0, random.Next(12))
                .Select(_ => alphabet[random.Next(alphabet.Length)])]);
            NormalizedText text = new(original);
            for (int step = random.Next(1, 6); step > 0; step--)
            {
                steps[random.Next(steps.Length)].Normalize(text);
            }

            (int start, int end) last = (0, 0);
            for (int point = 0; point < text.Length; point++)
            {
                (int start, int end) = text.OriginalRange(point, point + 1);
                bool inOrder = start >= last.start && end >= last.end && start < end && end <= original.Length;
                if (!inOrder)
                {
                    Assert.Fail($"'{original}' became '{text}', where {point} stands for {start}-{end} after {last}");
                }

                last = (start, end);
            }
        }
    }

    private static void AssertText(NormalizedText text, string expected, string ranges)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(text.ToString(), Is.EqualTo(expected));
            Assert.That(
                string.Join(' ', Enumerable.Range(0, text.Length).Select(i => text.OriginalRange(i, i + 1)).Select(
                    range => $"{range.Start}-{range.End}")),
                Is.EqualTo(ranges));
        }
    }
}
