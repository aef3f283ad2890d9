using OrtTrainer.Text;

namespace OrtTrainer.Tests.Text.Loading;

/// <summary>Tokenizers in the form that the files of newer encoders have, with vocabularies that can be read.</summary>
public sealed class EncoderTokenizerTests
{
    private const string Template = """
        {"type": "TemplateProcessing",
         "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                    {"SpecialToken": {"id": "[SEP]", "type_id": 0}}],
         "pair": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                  {"SpecialToken": {"id": "[SEP]", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}},
                  {"SpecialToken": {"id": "[SEP]", "type_id": 1}}],
         "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [0], "tokens": ["[CLS]"]},
                            "[SEP]": {"id": "[SEP]", "ids": [1], "tokens": ["[SEP]"]}}}
        """;

    // Runs of blanks are tokens of their own, and the mask takes the blanks to its left.
    private static readonly Tokenizer ModernBert = TinyTokenizer.From(TinyTokenizer.Json(
        """
        {"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null,
         "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false, "ignore_merges": false,
         "vocab": {"[CLS]": 0, "[SEP]": 1, "h": 2, "i": 3, "hi": 4, "Ġ": 5, "Ġhi": 6, "[MASK]": 7},
         "merges": [["h", "i"], ["Ġ", "hi"]]}
        """,
        normalizer: """{"type": "NFC"}""",
        preTokenizer: """{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true}""",
        postProcessor: Template,
        decoder: """{"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true}""",
        added: """
            [{"id": 0, "content": "[CLS]", "special": true}, {"id": 1, "content": "[SEP]", "special": true},
             {"id": 7, "content": "[MASK]", "special": true, "lstrip": true},
             {"id": 8, "content": "  ", "special": false, "normalized": true}]
            """));

    // A text's first word has a blank before it as all others have.
    private static readonly Tokenizer Deberta = TinyTokenizer.From(TinyTokenizer.Json(
        """
        {"type": "Unigram", "unk_id": 2, "byte_fallback": false,
         "vocab": [["[CLS]", 0], ["[SEP]", 0], ["[UNK]", 0], ["▁hi", -1], ["▁", -3], ["h", -4], ["i", -4]]}
        """,
        normalizer: """
            {"type": "Sequence", "normalizers": [{"type": "Strip", "strip_left": true, "strip_right": true},
             {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}]}
            """,
        preTokenizer: """
            {"type": "Sequence", "pretokenizers": [
             {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true}]}
            """,
        postProcessor: Template,
        decoder: """{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true}""",
        added: """
            [{"id": 0, "content": "[CLS]", "special": true}, {"id": 1, "content": "[SEP]", "special": true},
             {"id": 7, "content": "[MASK]", "special": true, "lstrip": true}]
            """));

    [TestCase("hi hi", new[] { 0, 4, 6, 1 })]
    [TestCase("hi  hi", new[] { 0, 4, 8, 4, 1 })]
    [TestCase("hi [MASK]", new[] { 0, 4, 7, 1 })]
    [TestCase("ih", new[] { 0, 3, 2, 1 })]
    public void Byte_pairs_of_ModernBERT(string text, int[] ids)
    {
        Assert.That(ModernBert.Encode(text).Ids, Is.EqualTo(ids));
        Assert.That(ModernBert.EncodeIds(text).Ids, Is.EqualTo(ids));
    }

    [TestCase("hi hi", new[] { 0, 3, 3, 1 })]
    [TestCase("  hi   hi ", new[] { 0, 3, 3, 1 })]
    [TestCase("ih", new[] { 0, 4, 6, 5, 1 })]
    [TestCase("x", new[] { 0, 4, 2, 1 })]
    public void Pieces_of_DeBERTa(string text, int[] ids)
    {
        Assert.That(Deberta.Encode(text).Ids, Is.EqualTo(ids));
        Assert.That(Deberta.EncodeIds(text).Ids, Is.EqualTo(ids));
    }

    [Test]
    public void Pairs_have_two_types()
    {
        Encoding pair = Deberta.Encode("hi", "hi hi");

        Assert.That(pair.Ids, Is.EqualTo(new[] { 0, 3, 1, 3, 3, 1 }));
        Assert.That(pair.TypeIds, Is.EqualTo(new[] { 0, 0, 0, 1, 1, 1 }));
    }
}
