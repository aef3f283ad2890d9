using OrtTrainer.Text;

namespace OrtTrainer.Tests.Text.Loading;

/// <summary>What is wrong with a tokenizer.json is said with file, field and what was expected.</summary>
public sealed class TokenizerJsonTests
{
    private const string Bpe = """{"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b"]}""";

    [TestCase("""{"type": "BertNormalizer"}""")]
    [TestCase("""{"type": "NFC"}""")]
    [TestCase("""{"type": "NFD"}""")]
    [TestCase("""{"type": "NFKC"}""")]
    [TestCase("""{"type": "NFKD"}""")]
    [TestCase("""{"type": "Lowercase"}""")]
    [TestCase("""{"type": "StripAccents"}""")]
    [TestCase("""{"type": "Strip", "strip_left": true, "strip_right": false}""")]
    [TestCase("""{"type": "Prepend", "prepend": ""}""")]
    [TestCase("""{"type": "Replace", "pattern": {"String": "x"}, "content": "y"}""")]
    [TestCase("""{"type": "Replace", "pattern": {"Regex": "x+"}, "content": "y"}""")]
    [TestCase("""{"type": "Sequence", "normalizers": [{"type": "NFD"}, {"type": "Lowercase"}]}""")]
    public void Every_normalizer_is_read(string normalizer) =>
        Assert.That(TinyTokenizer.From(TinyTokenizer.Json(Bpe, normalizer)).Encode("ab").Ids, Is.EqualTo([2]));

    [TestCase("""{"type": "BertPreTokenizer"}""")]
    [TestCase("""{"type": "Whitespace"}""")]
    [TestCase("""{"type": "WhitespaceSplit"}""")]
    [TestCase("""{"type": "ByteLevel", "add_prefix_space": false, "use_regex": true}""")]
    [TestCase("""{"type": "Punctuation"}""")]
    [TestCase("""{"type": "Punctuation", "behavior": "Contiguous"}""")]
    [TestCase("""{"type": "Digits", "individual_digits": true}""")]
    [TestCase("""{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "never", "split": true}""")]
    [TestCase("""{"type": "Metaspace", "replacement": "▁", "add_prefix_space": false}""")]
    [TestCase("""{"type": "Split", "pattern": {"String": " "}, "behavior": "Removed", "invert": false}""")]
    [TestCase("""{"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, {"type": "Digits"}]}""")]
    public void Every_pre_tokenizer_is_read(string preTokenizer) => Assert.That(
        TinyTokenizer.From(TinyTokenizer.Json(Bpe, preTokenizer: preTokenizer)).Encode("ab").Ids, Is.EqualTo([2]));

    [TestCase("""{"type": "WordPiece", "prefix": "##", "cleanup": true}""")]
    [TestCase("""{"type": "ByteLevel"}""")]
    [TestCase("""{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always"}""")]
    [TestCase("""{"type": "ByteFallback"}""")]
    [TestCase("""{"type": "Fuse"}""")]
    [TestCase("""{"type": "Strip", "content": " ", "start": 1, "stop": 0}""")]
    [TestCase("""{"type": "Replace", "pattern": {"String": "▁"}, "content": " "}""")]
    [TestCase("""{"type": "BPEDecoder", "suffix": "</w>"}""")]
    [TestCase("""{"type": "Sequence", "decoders": [{"type": "ByteFallback"}, {"type": "Fuse"}]}""")]
    public void Every_decoder_is_read(string decoder) =>
        Assert.That(TinyTokenizer.From(TinyTokenizer.Json(Bpe, decoder: decoder)).Decode([2]), Is.EqualTo("ab"));

    [Test]
    public void A_template_places_special_tokens_and_types()
    {
        Tokenizer tokenizer = TinyTokenizer.From(TinyTokenizer.Json(Bpe, postProcessor: """
            {"type": "TemplateProcessing",
             "single": [{"Sequence": {"id": "A", "type_id": 2}}, {"SpecialToken": {"id": "<e>", "type_id": 3}}],
             "pair": [{"Sequence": {"id": "B", "type_id": 1}}, {"SpecialToken": {"id": "<e>", "type_id": 4}},
                      {"Sequence": {"id": "A", "type_id": 0}}],
             "special_tokens": {"<e>": {"id": "<e>", "ids": [7, 8], "tokens": ["<e>", "<e>"]}}}
            """));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(tokenizer.Encode("a").Ids, Is.EqualTo([0, 7, 8]));
            Assert.That(tokenizer.Encode("a").TypeIds, Is.EqualTo([2, 3, 3]));
            Assert.That(tokenizer.Encode("a", "b").Ids, Is.EqualTo([1, 7, 8, 0]));
            Assert.That(tokenizer.Encode("a", "b").TypeIds, Is.EqualTo([1, 4, 4, 0]));
            Assert.That(tokenizer.EncodeIds("a", "b").TypeIds, Is.EqualTo([1, 4, 4, 0]));
        }
    }

    [Test]
    public void Without_a_post_processor_the_second_text_has_type_one() =>
        Assert.That(TinyTokenizer.From(TinyTokenizer.Json(Bpe)).Encode("ab", "a").TypeIds, Is.EqualTo([0, 1]));

    [Test]
    public void A_sequence_of_post_processors_may_trim_offsets_and_place_tokens()
    {
        Tokenizer tokenizer = TinyTokenizer.From(TinyTokenizer.Json(
            """{"type": "BPE", "vocab": {"a": 0, "b": 1, "Ġ": 2, "Ġb": 3}, "merges": [["Ġ", "b"]]}""",
            preTokenizer: """{"type": "ByteLevel", "add_prefix_space": false}""",
            postProcessor: """
                {"type": "Sequence", "processors": [
                 {"type": "ByteLevel", "trim_offsets": true, "add_prefix_space": false},
                 {"type": "BertProcessing", "sep": ["b", 1], "cls": ["a", 0]}]}
                """));

        Encoding encoding = tokenizer.Encode("a b");

        Assert.That(encoding.Ids, Is.EqualTo([0, 0, 3, 1]));
        Assert.That(encoding.Offsets[2], Is.EqualTo(new TextRange(2, 3)));
    }

    [TestCase("""{"type": "Nonsense"}""", "null", "null", "null", "normalizer Nonsense")]
    [TestCase("null", """{"type": "UnicodeScripts"}""", "null", "null", "pre-tokenizer UnicodeScripts")]
    [TestCase("null", "null", """{"type": "Nonsense"}""", "null", "post-processor Nonsense")]
    [TestCase("null", "null", "null", """{"type": "CTC"}""", "decoder CTC")]
    [TestCase("""{"type": "Replace", "content": ""}""", "null", "null", "null", "'normalizer.pattern' is missing")]
    [TestCase("""{"type": "Replace", "pattern": {"Regex": "("}, "content": ""}""", "null", "null", "null", "regular")]
    [TestCase("""{"type": "Replace", "pattern": {}, "content": ""}""", "null", "null", "null", "String or Regex")]
    [TestCase("""{"type": "Precompiled", "precompiled_charsmap": "?"}""", "null", "null", "null", "character map")]
    [TestCase("""{"type": "Precompiled", "precompiled_charsmap": "/////w=="}""", "null", "null", "null", "trie")]
    [TestCase("""{"type": "BertNormalizer", "lowercase": 1}""", "null", "null", "null", "lowercase' is 1, expected")]
    [TestCase("[]", "null", "null", "null", "expected an object")]
    [TestCase("null", """{"type": "Metaspace", "replacement": "ab"}""", "null", "null", "a single character")]
    [TestCase("null", """{"type": "Metaspace", "prepend_scheme": "x"}""", "null", "null", "always, never or first")]
    [TestCase("null", """{"type": "Split", "pattern": {"String": "a"}, "behavior": "x"}""", "null", "null", "Isolated")]
    [TestCase("null", "null", """{"type": "BertProcessing", "sep": [], "cls": []}""", "null", "a token and its id")]
    [TestCase(
        "null", "null",
        """{"type": "TemplateProcessing", "single": [{"Sequence": {"id": "B"}}], "pair": [], "special_tokens": {}}""",
        "null", "expected A")]
    [TestCase(
        "null", "null",
        """{"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "x"}}], "special_tokens": {}}""",
        "null", "not among the special_tokens")]
    public void A_component_that_is_unknown_or_malformed_is_named(
        string normalizer, string preTokenizer, string postProcessor, string decoder, string expected)
    {
        string json = TinyTokenizer.Json(Bpe, normalizer, preTokenizer, postProcessor, decoder);

        Assert.That(
            () => TinyTokenizer.From(json),
            Throws.TypeOf<InvalidDataException>()
                .With.Message.Contains(expected).And.Message.Contains("tokenizer.json"));
    }

    [TestCase("""{"type": "Nonsense"}""", "a Nonsense model")]
    [TestCase("""{"type": "BPE", "vocab": {"a": 0}, "merges": ["a b"]}""", "'b'")]
    [TestCase("""{"type": "BPE", "vocab": {"a": 0}, "merges": ["a"]}""", "two tokens")]
    [TestCase("""{"type": "BPE", "vocab": {"a": 0}}""", "'model.merges' is missing")]
    [TestCase("""{"type": "BPE", "merges": []}""", "'model.vocab' is missing")]
    [TestCase("""{"type": "BPE", "vocab": {"a": -1}, "merges": []}""", "'model.vocab.a' is -1")]
    [TestCase("""{"type": "BPE", "vocab": {"a": 2000000000}, "merges": []}""", "a token id below")]
    [TestCase("""{"type": "BPE", "vocab": {"a": 0}, "merges": [], "dropout": 0.1}""", "random merges")]
    [TestCase("""{"type": "BPE", "vocab": {"a": 0}, "merges": [], "unk_token": "u"}""", "unknown token u")]
    [TestCase("""{"type": "WordPiece", "vocab": {"a": 0}}""", "unknown token [UNK]")]
    [TestCase("""{"type": "WordPiece", "vocab": ["a"]}""", "expected an object")]
    [TestCase("""{"type": "Unigram", "vocab": [["a", 0]], "unk_id": 1}""", "unk_id")]
    [TestCase("""{"type": "Unigram", "vocab": [["a"]], "unk_id": 0}""", "'model.vocab[0]'")]
    [TestCase("""{"type": "Unigram", "vocab": [["a", "x"]], "unk_id": 0}""", "expected a number")]
    public void A_model_that_is_unknown_or_malformed_is_named(string model, string expected) => Assert.That(
        () => TinyTokenizer.From(TinyTokenizer.Json(model)),
        Throws.TypeOf<InvalidDataException>().With.Message.Contains(expected).And.Message.Contains("tokenizer.json"));

    [TestCase("", "not valid JSON")]
    [TestCase("{\"model\": {\"type\": \"BPE\",", "not valid JSON")]
    [TestCase("[]", "the file's content is [], expected an object")]
    [TestCase("{}", "field 'model' is missing")]
    [TestCase("{\"model\": 3}", "field 'model' is 3, expected an object")]
    [TestCase("""{"model": {"type": "\ud800"}}""", "surrogate")]
    public void A_file_that_is_no_tokenizer_is_refused(string json, string expected) => Assert.That(
        () => TinyTokenizer.From(json), Throws.TypeOf<InvalidDataException>().With.Message.Contains(expected));

    [Test]
    public void A_missing_file_is_named() => Assert.That(
        () => Tokenizer.FromTokenizerJson("/nowhere/tokenizer.json"),
        Throws.InstanceOf<IOException>().With.Message.Contains("/nowhere/tokenizer.json"));

    [TestCase("""{"vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b"]}""")]
    [TestCase("""{"vocab": {"ab": 2, "[UNK]": 0}, "continuing_subword_prefix": "##"}""")]
    [TestCase("""{"vocab": {"ab": 2, "<unk>": 0}}""")]
    [TestCase("""{"vocab": [["a", -1], ["<unk>", 0], ["ab", -1]], "unk_id": 1}""")]
    public void The_type_of_a_model_is_guessed_where_old_files_leave_it_out(string model) =>
        Assert.That(TinyTokenizer.From(TinyTokenizer.Json(model)).Encode("ab").Ids, Is.EqualTo([2]));

    [Test]
    public void Settings_for_truncation_and_padding_in_the_file_are_not_applied()
    {
        string json = TinyTokenizer.Json(Bpe).Replace(
            "\"truncation\": null",
            "\"truncation\": {\"max_length\": 1, \"strategy\": \"LongestFirst\", \"stride\": 0}",
            StringComparison.Ordinal);

        Assert.That(TinyTokenizer.From(json).Encode("abab").Ids, Is.EqualTo([2, 2]));
    }
}
