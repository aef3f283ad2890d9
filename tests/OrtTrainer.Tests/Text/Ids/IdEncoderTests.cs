using OrtTrainer.Text;

namespace OrtTrainer.Tests.Text.Ids;

/// <summary>The shortcuts for ids alone against the long way, on text made to meet their edges.</summary>
public sealed class IdEncoderTests
{
    private const string Alphabet =
        "aab bcC dD  \t\n\r\u000B\u0085.,'-[]#12éÉİıßſ\u0301\u0323\u200D\u00AD\u00A0\u2003\u3000\uFFFD\0\u0007"
        + "中國가\u0958Ωж—’“…\u0903\u302E\uFB01½\uD83D\uDE00\uD800";

    private static readonly string WordPiece = """
        {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 20,
         "vocab": {"[UNK]": 0, "[CLS]": 1, "[SEP]": 2, "a": 3, "b": 4, "c": 5, "d": 6, "##a": 7, "##b": 8, "##c": 9,
                   "##d": 10, "ab": 11, ".": 12, ",": 13, "'": 14, "-": 15, "e": 16, "##e": 17, "é": 18, "##é": 19,
                   "1": 20, "##2": 21, "中": 22, "i": 23, "##i": 24, "ж": 25, "##ж": 26, "—": 27, "[": 28, "]": 29,
                   "C": 30, "##D": 31, "##1": 32}}
        """;

    [TestCase("""{"type": "BertNormalizer"}""")]
    [TestCase("""{"type": "BertNormalizer", "lowercase": false}""")]
    [TestCase("""{"type": "BertNormalizer", "lowercase": false, "strip_accents": true}""")]
    [TestCase("""{"type": "BertNormalizer", "strip_accents": false, "handle_chinese_chars": false}""")]
    [TestCase("""{"type": "BertNormalizer", "clean_text": false}""")]
    public void Wordpiece_ids_agree_with_the_long_way(string normalizer) => AssertAgree(TinyTokenizer.From(
        TinyTokenizer.Json(
            WordPiece, normalizer, """{"type": "BertPreTokenizer"}""",
            """{"type": "BertProcessing", "sep": ["[SEP]", 2], "cls": ["[CLS]", 1]}""",
            added: """[{"id": 1, "content": "[CLS]", "special": true}]""")));

    [TestCase("null", false)]
    [TestCase("null", true)]
    [TestCase("""{"type": "NFC"}""", false)]
    [TestCase("""{"type": "Lowercase"}""", true)]
    public void Byte_level_ids_agree_with_the_long_way(string normalizer, bool addPrefixSpace) => AssertAgree(
        TinyTokenizer.From(TinyTokenizer.Json(
            ByteLevelModel(), normalizer,
            $$"""{"type": "ByteLevel", "add_prefix_space": {{(addPrefixSpace ? "true" : "false")}}}""")));

    [Test]
    public void Words_around_the_window_s_length_agree()
    {
        Tokenizer tokenizer = TinyTokenizer.From(TinyTokenizer.Json(
            WordPiece, """{"type": "BertNormalizer"}""", """{"type": "BertPreTokenizer"}"""));
        for (int length = 1; length < 40; length++)
        {
            string word = new('a', length);
            foreach (string text in new[] { word, word + " ", word + ".", $" {word}é",
                $"{word} {word}\u0301 {word}\u200D{word}" })
            {
                Assert.That(tokenizer.EncodeIds(text).Ids, Is.EqualTo(tokenizer.Encode(text).Ids), text);
            }
        }
    }

    [Test]
    public void Ids_are_appended_to_what_is_there()
    {
        List<int> ids = [99];

        TinyTokenizer.Bert().AppendIds("the dogs", ids);

        Assert.That(ids, Is.EqualTo([99, 8, 9, 10]));
    }

    private static void AssertAgree(Tokenizer tokenizer)
    {
        Random random = new(12);
        for (int i = 0; i < 4000; i++)
        {
            string text = new([.. Enumerable.Range(0, random.Next(50)).Select(_ =>
                Alphabet[random.Next(Alphabet.Length)])]);
            text = random.Next(20) == 0 ? text + "[CLS]" + text : text;
            string shown = string.Join(' ', text.Select(unit => ((int)unit).ToString("X4")));
            Assert.That(tokenizer.EncodeIds(text).Ids, Is.EqualTo(tokenizer.Encode(text).Ids), shown);
        }
    }

    /// <summary>All 256 bytes and a few merges.</summary>
    private static string ByteLevelModel()
    {
        IEnumerable<string> bytes = Enumerable.Range(0, 256).Select(value =>
            ByteAlphabet.ToChar((byte)value).ToString());
        (string, string)[] merges = [("a", "b"), ("Ġ", "a"), ("Ã", "©"), ("Ġ", "ab"), ("a", "a"), ("Ġ", "Ġ")];
        string[] tokens = [.. bytes, .. merges.Select(merge => merge.Item1 + merge.Item2)];
        return System.Text.Json.JsonSerializer.Serialize(new
        {
            type = "BPE",
            vocab = tokens.Distinct().Select((token, id) => KeyValuePair.Create(token, id)).ToDictionary(),
            merges = merges.Select(merge => new[] { merge.Item1, merge.Item2 }),
        });
    }
}
