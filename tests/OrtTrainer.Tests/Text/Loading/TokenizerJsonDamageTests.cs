using System.Text.Json.Nodes;
using OrtTrainer.Text;

namespace OrtTrainer.Tests.Text.Loading;

/// <summary>
/// Every value of a tokenizer.json replaced by values of other kinds: whatever is not refused by name has to work.
/// </summary>
public sealed class TokenizerJsonDamageTests
{
    private static readonly string Bert = TinyTokenizer.Json(
        TinyTokenizer.Words,
        """
        {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": null,
         "lowercase": true}
        """,
        """{"type": "BertPreTokenizer"}""",
        """
        {"type": "TemplateProcessing",
         "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
         "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "[CLS]", "type_id": 0}},
                  {"Sequence": {"id": "B", "type_id": 1}}],
         "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [2], "tokens": ["[CLS]"]}}}
        """,
        """{"type": "WordPiece", "prefix": "##", "cleanup": true}""",
        """
        [{"id": 2, "content": "[CLS]", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false,
          "special": true}]
        """);

    private static readonly string Bpe = TinyTokenizer.Json(
        """
        {"type": "BPE", "dropout": null, "unk_token": "?", "continuing_subword_prefix": "", "end_of_word_suffix": "",
         "fuse_unk": false, "byte_fallback": false, "ignore_merges": false,
         "vocab": {"?": 0, "a": 1, "b": 2, "ab": 3}, "merges": [["a", "b"]]}
        """,
        """
        {"type": "Sequence", "normalizers": [{"type": "NFC"},
         {"type": "Strip", "strip_left": true, "strip_right": true},
         {"type": "Replace", "pattern": {"Regex": "x+"}, "content": "a"}, {"type": "Prepend", "prepend": "a"}]}
        """,
        """
        {"type": "Sequence", "pretokenizers": [{"type": "Digits", "individual_digits": true},
         {"type": "Split", "pattern": {"String": "-"}, "behavior": "Isolated", "invert": false},
         {"type": "Punctuation", "behavior": "Isolated"},
         {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true}]}
        """,
        """
        {"type": "Sequence", "processors": [{"type": "ByteLevel", "trim_offsets": true, "add_prefix_space": true},
         {"type": "RobertaProcessing", "sep": ["b", 2], "cls": ["a", 1], "trim_offsets": true,
          "add_prefix_space": false}]}
        """,
        """
        {"type": "Sequence", "decoders": [{"type": "Replace", "pattern": {"String": "x"}, "content": "y"},
         {"type": "ByteFallback"}, {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 1},
         {"type": "BPEDecoder", "suffix": "</w>"}]}
        """);

    private static readonly string Unigram = TinyTokenizer.Json(
        """
        {"type": "Unigram", "unk_id": 0, "byte_fallback": true, "vocab": [["?", 0], ["a", -1.5], ["▁a", -1]]}
        """,
        """{"type": "Precompiled", "precompiled_charsmap": "BAAAAAAAAAAA"}""",
        """{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true}""",
        decoder: """{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true}""");

    private static readonly string?[] Values = [null, "null", "true", "-1", "0", "1.5", "1e99", "\"x\"", "\"\"", "[]",
        "{}", "[[]]", "[{}]"];

    [Test]
    public void A_damaged_file_is_refused_by_name_or_works()
    {
        using TinyTokenizer files = new();
        foreach (string json in new[] { Bert, Bpe, Unigram })
        {
            Assert.That(() => Use(files, json), Throws.Nothing);
            foreach (string path in Paths(JsonNode.Parse(json)!))
            {
                foreach (string? value in Values)
                {
                    AssertRefusedOrWorks(files, Replaced(json, path, value), $"{path} = {value ?? "(removed)"}");
                }
            }
        }
    }

    [Test]
    public void A_file_cut_off_anywhere_is_refused_by_name()
    {
        using TinyTokenizer files = new();
        for (int length = 0; length < Bert.Length - 1; length += 7)
        {
            files.Write("tokenizer.json", Bert[..length]);
            Assert.That(
                () => Tokenizer.FromTokenizerJson(files["tokenizer.json"]),
                Throws.TypeOf<InvalidDataException>().With.Message.Contains("not valid JSON"), $"{length} characters");
        }
    }

    private static void AssertRefusedOrWorks(TinyTokenizer files, string json, string damage)
    {
        try
        {
            Use(files, json);
        }
        catch (InvalidDataException exception)
        {
            Assert.That(exception.Message, Does.Contain("tokenizer.json"), damage);
        }
        catch (Exception exception) when (exception is not AssertionException)
        {
            Assert.Fail($"{damage}: {exception}");
        }
    }

    private static void Use(TinyTokenizer files, string json)
    {
        Tokenizer tokenizer = Tokenizer.FromTokenizerJson(files.Write("tokenizer.json", json));
        foreach (string? pair in new[] { null, "ab x" })
        {
            Encoding encoding = tokenizer.Encode("a ab-12 the dogs", pair);
            Assert.That(tokenizer.EncodeIds("a ab-12 the dogs", pair).Ids, Is.EqualTo(encoding.Ids), json);
            tokenizer.Decode(encoding.Ids, skipSpecialTokens: false);
        }
    }

    /// <summary>The paths of all values, such as "$.model.vocab.a", as JsonNode gives them.</summary>
    private static IEnumerable<string> Paths(JsonNode node)
    {
        IEnumerable<JsonNode?> children = node switch
        {
            JsonObject fields => fields.Select(field => field.Value),
            JsonArray items => items,
            _ => [],
        };
        return children.OfType<JsonNode>().SelectMany(child => Paths(child).Prepend(child.GetPath()));
    }

    private static string Replaced(string json, string path, string? value)
    {
        JsonNode root = JsonNode.Parse(json)!;
        JsonNode node = Find(root, path)!;
        JsonNode parent = node.Parent!;
        if (parent is JsonArray items)
        {
            int index = node.GetElementIndex();
            items.RemoveAt(index);
            if (value is not null)
            {
                items.Insert(index, JsonNode.Parse(value));
            }
        }
        else
        {
            string name = node.GetPropertyName();
            parent.AsObject().Remove(name);
            if (value is not null)
            {
                parent[name] = JsonNode.Parse(value);
            }
        }

        return root.ToJsonString();
    }

    private static JsonNode? Find(JsonNode node, string path)
    {
        if (node.GetPath() == path)
        {
            return node;
        }

        IEnumerable<JsonNode?> children = node switch
        {
            JsonObject fields => fields.Select(field => field.Value),
            JsonArray items => items,
            _ => [],
        };
        return children.OfType<JsonNode>()
            .Select(child => Find(child, path)).FirstOrDefault(found => found is not null);
    }
}
