using OrtTrainer.Text;

namespace OrtTrainer.Tests.Text.Loading;

/// <summary>Every complaint about tokenizer.json names the field by its full path.</summary>
public sealed class TokenizerJsonFieldTests
{
    private const string Model = """{"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b"]}""";

    [TestCase("normalizer", """{"type": "Prepend"}""", "normalizer.prepend' is missing")]
    [TestCase(
        "normalizer", """{"type": "Strip", "strip_left": "yes"}""",
        "normalizer.strip_left' is \"yes\", expected true or false")]
    [TestCase("normalizer", """{"type": "Sequence"}""", "normalizer.normalizers' is missing")]
    [TestCase(
        "normalizer", """{"type": "Sequence", "normalizers": {}}""", "normalizer.normalizers' is {}, expected a list")]
    [TestCase(
        "normalizer", """{"type": "Sequence", "normalizers": [{"type": "NFC"}, {}]}""",
        "normalizer.normalizers[1].type' is missing")]
    [TestCase(
        "normalizer", """{"type": "Replace", "pattern": {"String": 1}, "content": ""}""",
        "normalizer.pattern.String' is 1, expected a text")]
    [TestCase("normalizer", """{"type": "Replace", "pattern": {"String": "x"}}""", "normalizer.content' is missing")]
    [TestCase("normalizer", """{"type": "Precompiled"}""", "normalizer.precompiled_charsmap' is missing")]
    [TestCase(
        "pre_tokenizer", """{"type": "Split", "pattern": {"String": "x"}}""", "pre_tokenizer.behavior' is missing")]
    [TestCase(
        "pre_tokenizer", """{"type": "Split", "pattern": {"String": "x"}, "behavior": "1"}""",
        "pre_tokenizer.behavior' is \"1\", expected Removed, Isolated")]
    [TestCase(
        "pre_tokenizer", """{"type": "Punctuation", "behavior": "Removed,Isolated"}""",
        "pre_tokenizer.behavior' is \"Removed,Isolated\"")]
    [TestCase(
        "pre_tokenizer", """{"type": "ByteLevel", "use_regex": 0}""",
        "pre_tokenizer.use_regex' is 0, expected true or false")]
    [TestCase(
        "pre_tokenizer", """{"type": "Sequence", "pretokenizers": ["Digits"]}""",
        "pre_tokenizer.pretokenizers[0]' is \"Digits\", expected an object")]
    [TestCase("pre_tokenizer", "3", "pre_tokenizer' is 3, expected an object")]
    [TestCase("post_processor", """{"type": "Sequence"}""", "post_processor.processors' is missing")]
    [TestCase("post_processor", """{"type": "RobertaProcessing", "sep": ["b", 1]}""", "post_processor.cls' is missing")]
    [TestCase(
        "post_processor", """{"type": "BertProcessing", "cls": ["a", "0"], "sep": ["b", 1]}""",
        "post_processor.cls[1]' is \"0\", expected a whole number")]
    [TestCase(
        "post_processor", """{"type": "ByteLevel", "trim_offsets": "no"}""", "post_processor.trim_offsets' is \"no\"")]
    [TestCase(
        "post_processor", """{"type": "TemplateProcessing", "single": [], "pair": []}""",
        "post_processor.special_tokens' is missing")]
    [TestCase("decoder", """{"type": "Strip", "content": " "}""", "decoder.start' is missing")]
    [TestCase("decoder", """{"type": "Strip", "content": " ", "start": -1, "stop": 0}""", "decoder.start' is -1")]
    [TestCase("decoder", """{"type": "Replace", "pattern": {"String": "x"}}""", "decoder.content' is missing")]
    [TestCase(
        "decoder", """{"type": "Sequence", "decoders": [{"type": "Fuse"}, {"type": "x"}]}""",
        "decoder.decoders[1]' asks for the decoder x")]
    [TestCase("added_tokens", "{}", "added_tokens' is {}, expected a list")]
    [TestCase("added_tokens", "[3]", "added_tokens[0]' is 3, expected an object")]
    [TestCase("added_tokens", """[{"id": 1}]""", "added_tokens[0].content' is missing")]
    [TestCase("added_tokens", """[{"content": "x"}]""", "added_tokens[0].id' is missing")]
    [TestCase(
        "added_tokens", """[{"content": "x", "id": 16777216}]""",
        "added_tokens[0].id' is 16777216, expected a token id below 16777216")]
    [TestCase(
        "added_tokens", """[{"content": "x", "id": 0, "lstrip": 1}]""",
        "added_tokens[0].lstrip' is 1, expected true or false")]
    [TestCase("model", """{"type": "BPE", "vocab": {"\ud800": 0}, "merges": []}""", "surrogate")]
    [TestCase(
        "model", """{"type": "BPE", "vocab": {"a": 0}, "merges": [["a"]]}""",
        "model.merges[0]' is [\"a\"], expected two tokens")]
    [TestCase(
        "model", """{"type": "BPE", "vocab": {"a": 0}, "merges": [["a", 1]]}""",
        "model.merges[0][1]' is 1, expected a text")]
    [TestCase(
        "model", """{"type": "WordPiece", "vocab": {"[UNK]": 0}, "max_input_chars_per_word": 1.5}""",
        "model.max_input_chars_per_word' is 1.5")]
    [TestCase(
        "model", """{"type": "Unigram", "vocab": [["a", 0], 3], "unk_id": 0}""",
        "model.vocab[1]' is 3, expected a list")]
    public void A_malformed_field_is_named(string section, string content, string expected)
    {
        string json = section == "model" ? TinyTokenizer.Json(content) : TinyTokenizer.Json(Model).Replace(
            $"\"{section}\": {(section == "added_tokens" ? "[]" : "null")}", $"\"{section}\": {content}",
                StringComparison.Ordinal);

        Assert.That(
            () => TinyTokenizer.From(json),
            Throws.TypeOf<InvalidDataException>()
                .With.Message.Contains(expected).And.Message.Contains("tokenizer.json"));
    }

    [TestCase("[]", "[$A, $B]", "single")]
    [TestCase("[$A, $A]", "[$A, $B]", "single")]
    [TestCase("[$A]", "[$A]", "pair")]
    [TestCase("[$A]", "[$B]", "pair")]
    [TestCase("[$A]", "[$A, $B, $B]", "pair")]
    public void A_template_that_does_not_hold_every_text_once_is_refused(string single, string pair, string field)
    {
        string json = $$"""
            {"type": "TemplateProcessing", "single": {{single}}, "pair": {{pair}}, "special_tokens": {} }
            """
            .Replace("$A", """{"Sequence": {"id": "A", "type_id": 0}}""", StringComparison.Ordinal)
            .Replace("$B", """{"Sequence": {"id": "B", "type_id": 1}}""", StringComparison.Ordinal);

        Assert.That(
            () => TinyTokenizer.From(TinyTokenizer.Json(Model, postProcessor: json)),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains($"field 'post_processor.{field}'"));
    }

    [Test]
    public void Of_two_special_tokens_of_a_template_with_one_name_the_last_counts()
    {
        Tokenizer tokenizer = TinyTokenizer.From(TinyTokenizer.Json(Model, postProcessor: """
            {"type": "TemplateProcessing",
             "single": [{"SpecialToken": {"id": "s", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
             "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}}],
             "special_tokens": {"s": {"ids": [0]}, "s": {"ids": [1]}}}
            """));

        Assert.That(tokenizer.Encode("ab").Ids, Is.EqualTo([1, 2]));
    }

    [TestCase("""{"type": "ByteLevel"}""", "b", "Ġb")]
    [TestCase("""{"type": "ByteLevel"}""", "b b", "Ġb Ġb")]
    [TestCase("""{"type": "Metaspace"}""", "b b", "▁b ▁b")]
    [TestCase("""{"type": "Metaspace", "replacement": "_"}""", "b", "_b")]
    [TestCase("""{"type": "Metaspace", "add_prefix_space": true, "prepend_scheme": "never"}""", "b b", "b ▁b")]
    [TestCase("""{"type": "Digits"}""", "b12", "b 12")]
    [TestCase("""{"type": "Punctuation"}""", "b..", "b . .")]
    [TestCase(
        """{"type": "Split", "pattern": {"Regex": "[0-9]"}, "behavior": "Removed", "invert": true}""", "b12", "1 2")]
    public void What_a_pre_tokenizer_leaves_open_is_as_in_the_reference(string preTokenizer, string text,
        string expected)
    {
        string[] words = ["?", "b", "Ġb", "▁b", "_b", "12", ".", "..", "1", "2", "b12"];
        string vocabulary = string.Join(", ", words.Select((word, id) => $"\"{word}\": {id}"));
        Tokenizer tokenizer = TinyTokenizer.From(TinyTokenizer.Json(
            $$$"""{"type": "WordLevel", "unk_token": "?", "vocab": {{{{vocabulary}}}}}""", preTokenizer: preTokenizer));

        Assert.That(string.Join(' ', tokenizer.Encode(text).Ids.Select(tokenizer.IdToToken)), Is.EqualTo(expected));
    }
}
