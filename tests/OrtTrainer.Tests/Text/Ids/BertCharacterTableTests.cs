using OrtTrainer.Text.Alignment;
using OrtTrainer.Text.Ids;
using OrtTrainer.Text.Normalization;
using OrtTrainer.Text.PreTokenization;

namespace OrtTrainer.Tests.Text.Ids;

/// <summary>The table of characters against the normalizer and the pre-tokenizer, for every UTF-16 unit.</summary>
internal sealed class BertCharacterTableTests
{
    [TestCase(true, null, true)]
    [TestCase(false, null, true)]
    [TestCase(true, false, true)]
    [TestCase(false, true, false)]
    public void Every_unit_is_what_normalizing_and_cutting_make_of_it(bool lowercase, bool? stripAccents,
        bool ideographs)
    {
        BertNormalizerOptions options = new()
        {
            Lowercase = lowercase, StripAccents = stripAccents, HandleChineseChars = ideographs,
        };
        BertCharacterTable table = new(options);
        BertNormalizer normalizer = new(options);
        for (int unit = 0; unit <= char.MaxValue; unit++)
        {
            BertCharacterKind kind = table.Look((char)unit, out char mapped);
            if (kind != BertCharacterKind.Other)
            {
                string expected = kind switch
                {
                    BertCharacterKind.Word => $"x{mapped}y",
                    BertCharacterKind.Single => $"x|{mapped}|y",
                    BertCharacterKind.Space => "x|y",
                    _ => "xy",
                };
                string actual = Words(normalizer, $"x{(char)unit}y");
                if (actual != expected)
                {
                    Assert.That(actual, Is.EqualTo(expected), $"U+{unit:X4} is taken for {kind}");
                }
            }
        }
    }

    [TestCase('a', BertCharacterKind.Word, 'a')]
    [TestCase('Z', BertCharacterKind.Word, 'z')]
    [TestCase('É', BertCharacterKind.Word, 'e')]
    [TestCase(' ', BertCharacterKind.Space, ' ')]
    [TestCase('\n', BertCharacterKind.Space, ' ')]
    [TestCase('.', BertCharacterKind.Single, '.')]
    [TestCase('中', BertCharacterKind.Single, '中')]
    [TestCase('\u0301', BertCharacterKind.Dropped, '\0')]
    [TestCase('\u200D', BertCharacterKind.Dropped, '\0')]
    [TestCase('가', BertCharacterKind.Other, '\0')]
    [TestCase('İ', BertCharacterKind.Word, 'i')]
    public void Common_characters_take_no_detour(char unit, BertCharacterKind kind, char mapped)
    {
        Assert.That(new BertCharacterTable(new BertNormalizerOptions()).Look(unit, out char found), Is.EqualTo(kind));
        Assert.That(found, Is.EqualTo(mapped));
    }

    [Test]
    public void Halves_of_surrogate_pairs_go_the_long_way()
    {
        BertCharacterTable table = new(new BertNormalizerOptions());

        Assert.That(table.Look('\uD800', out _), Is.EqualTo(BertCharacterKind.Other));
        Assert.That(table.Look('\uDFFF', out _), Is.EqualTo(BertCharacterKind.Other));
    }

    private static string Words(BertNormalizer normalizer, string text)
    {
        NormalizedText normalized = new(text);
        normalizer.Normalize(normalized);
        PreTokenizedText pieces = new();
        pieces.Add(normalized);
        new BertPreTokenizer().Apply(pieces);
        return string.Join('|', pieces.Pieces.Select(piece => piece.Text));
    }
}
