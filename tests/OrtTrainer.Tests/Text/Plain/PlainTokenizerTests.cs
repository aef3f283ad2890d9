using OrtTrainer.Text;

namespace OrtTrainer.Tests.Text.Plain;

/// <summary>Whole tokenizers, from text to ids, types and offsets, against their plain twins and against ids by
/// hand.</summary>
public sealed class PlainTokenizerTests
{
    private static readonly Dictionary<string, PlainTokenizer> Kinds = new()
    {
        ["WordPiece"] = new PlainWordPiece(),
        ["byte-level BPE"] = new PlainByteLevelBpe(),
        ["Unigram"] = new PlainUnigram(),
        ["SentencePiece BPE"] = new PlainSentencePieceBpe(),
    };

    private static IEnumerable<string> Names => Kinds.Keys;

    // WordPiece: [CLS] 0, [SEP] 1, [UNK] 2, . 3, a 4, b 5, ab 6, aba 7, ##a 8, ##b 9, ##bb 10, ##abb 11, ca 12, ##c 13
    [TestCase("WordPiece", "ABABB ab. caabb cb", "0 7 10 6 3 12 11 2 1")]

    // Byte-level BPE: a 2, b 3, 1 4, 2 5, . 6, ' 7, s 8, Ġ 9, Ã 10, © 11, ab 12, Ġa 13, é 14, bb 15, Ġab 16, abé 17,
    // 12 18, ĠĠ 19; in " ab", "a b" comes before "Ġ a", so that "Ġa b" never applies.
    [TestCase("byte-level BPE", "ab a abé 12's  b", "0 12 13 9 17 9 18 7 8 9 9 3 1")]

    // Unigram: <unk> 2, ▁a 3, ▁b 4, ▁c 5, a 6, b 7, c 8, ab 9, bc 10, ▁ab 11, abc 12, ca 13, bab 14
    // ▁ab + c -10.44 against ▁a + bc -10.58; ▁b + ab -10.12 against ▁b + a + b -12.83.
    [TestCase("Unigram", "abc bab", "0 11 8 4 9 1")]

    // SentencePiece BPE: ab 3, ▁a 4, bc 5, ▁ab 6, ca 7, abc 8, aa 9, ▁ 10, a 11, b 12, c 13
    // ab before ▁a, then ▁ab before abc; "c a b": ab before ca.
    [TestCase("SentencePiece BPE", "abc cab", "0 6 13 10 13 3 1")]
    public void Ids_are_those_found_by_hand(string name, string text, string expected)
    {
        int[] ids = [.. expected.Split(' ').Select(int.Parse)];

        Assert.That(Kinds[name].Encode(text, null, null).Select(t => t.Token.Id), Is.EqualTo(ids), "the plain twin");
        Assert.That(Kinds[name].Load().Encode(text).Ids, Is.EqualTo(ids));
    }

    [TestCaseSource(nameof(Names))]
    public void Ids_types_and_offsets_are_those_of_the_plain_twin(string name)
    {
        PlainTokenizer plain = Kinds[name];
        Tokenizer tokenizer = plain.Load();
        Random random = new(5);
        HashSet<int> seen = [];
        for (int i = 0; i < 300; i++)
        {
            string text = Text(plain, random);
            string? pair = i % 2 == 0 ? null : Text(plain, random);
            int? maxLength = i % 3 == 0 ? random.Next(5, 14) : null;
            (PlainToken Token, int Type)[] expected = plain.Encode(text, pair, maxLength);
            Encoding actual = tokenizer.Encode(text, pair, new EncodeOptions { MaxLength = maxLength });

            string what = $"'{text}' and '{pair}' up to {maxLength}";
            Assert.That(actual.Ids, Is.EqualTo(expected.Select(t => t.Token.Id)), $"ids of {what}");
            Assert.That(actual.TypeIds, Is.EqualTo(expected.Select(t => t.Type)), $"types of {what}");
            Assert.That(
                actual.Offsets, Is.EqualTo(expected.Select(t => new TextRange(t.Token.Start, t.Token.End))),
                $"offsets of {what}");
            seen.UnionWith(actual.Ids);
        }

        Assert.That(seen, Has.Count.GreaterThanOrEqualTo(12), "most of the vocabulary came up");
    }

    private static string Text(PlainTokenizer plain, Random random) => string.Concat(
        Enumerable.Range(0, random.Next(1, 9)).Select(_ => plain.Alphabet[random.Next(plain.Alphabet.Count)]));
}
