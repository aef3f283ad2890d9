using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Common;
using OrtTrainer.Export;
using OrtTrainer.Models;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Text;
using OrtTrainer.Tests.Text.Loading;
using OrtTrainer.Text;

namespace OrtTrainer.Tests.Export;

/// <summary>The tokenizer beside an exported model.</summary>
public sealed class TokenizerExportTests
{
    [Test]
    public void A_tokenizer_json_made_from_vocab_txt_is_the_one_its_publisher_ships()
    {
        string published = SharedFiles.SharedPath("models", "all-MiniLM-L6-v2");
        using TemporaryFolder source = new();
        using TemporaryFolder output = new();
        File.Copy(Path.Combine(published, "vocab.txt"), source.File("vocab.txt"));

        TokenizerExport.Read(source.Path, positions: 512, maxLength: null).Write(output.Path);

        JsonObject made = Read(output.File("tokenizer.json"));
        JsonObject expected = Read(Path.Combine(published, "tokenizer.json"));
        foreach (string part in new[] { "added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder" })
        {
            Assert.That(JsonNode.DeepEquals(made[part], expected[part]), $"{part}: {made[part]?.ToJsonString()}");
        }

        Assert.That(JsonNode.DeepEquals(made["model"]!["vocab"], expected["model"]!["vocab"]));
    }

    [Test]
    public void A_tokenizer_json_made_from_vocab_json_and_merges_encodes_as_the_reference()
    {
        using TemporaryFolder output = new();
        TokenizerExport.Read(SharedFiles.SharedPath("tokenizers", "roberta-base"), positions: 512, maxLength: null)
            .Write(output.Path);
        Tokenizer tokenizer = Tokenizer.FromTokenizerJson(output.File("tokenizer.json"));

        JsonElement golden =
            JsonDocument.Parse(File.ReadAllText(SharedFiles.Golden("tokenizers", "roberta-base.json"))).RootElement;
        foreach (JsonElement expected in golden.GetProperty("single").EnumerateArray())
        {
            string text = expected.GetProperty("text").GetString()!;
            TokenizerGolden.AssertSame(tokenizer.Encode(text), expected, text);
        }

        foreach (JsonElement expected in golden.GetProperty("pairs").EnumerateArray())
        {
            string text = expected.GetProperty("text").GetString()!;
            TokenizerGolden.AssertSame(tokenizer.Encode(text, expected.GetProperty("pair").GetString()), expected,
                text);
        }
    }

    [Test]
    public void Every_file_of_the_tokenizer_goes_along_unchanged()
    {
        using TemporaryFolder source = new();
        using TemporaryFolder output = new();
        source.Write("vocab.txt", TinyClassifier.Words);
        source.Write("special_tokens_map.json", """{"pad_token": {"content": "[PAD]", "lstrip": false}}""");
        source.Write("README.md", "not the tokenizer's");

        TokenizerExport.Read(source.Path, positions: 24, maxLength: null).Write(output.Path);

        Assert.That(File.ReadAllBytes(output.File("vocab.txt")),
            Is.EqualTo(File.ReadAllBytes(source.File("vocab.txt"))));
        Assert.That(File.ReadAllText(output.File("special_tokens_map.json")), Does.Contain("lstrip"));
        Assert.That(File.Exists(output.File("README.md")), Is.False);
    }

    [Test]
    public void Chat_templates_that_have_names_go_along()
    {
        using TemporaryFolder source = new();
        using TemporaryFolder output = new();
        source.Write("vocab.txt", TinyClassifier.Words);
        source.Write("chat_template.jinja", "{{ messages }}");
        source.Write("additional_chat_templates/tools.jinja", "{{ tools }}");
        source.Write("additional_chat_templates/notes.txt", "no template");

        TokenizerExport.Read(source.Path, positions: 24, maxLength: null).Write(output.Path);

        Assert.That(File.ReadAllText(output.File("chat_template.jinja")), Is.EqualTo("{{ messages }}"));
        Assert.That(TokenizerExport.TemplatesOf(output.Path),
            Is.EqualTo(new[] { Path.Combine("additional_chat_templates", "tools.jinja") }));
        Assert.That(File.ReadAllText(output.File("additional_chat_templates/tools.jinja")), Is.EqualTo("{{ tools }}"));
    }

    [Test]
    public void Settings_gain_what_other_software_needs_and_lose_nothing()
    {
        using TemporaryFolder source = new();
        using TemporaryFolder output = new();
        source.Write("vocab.txt", TinyClassifier.Words);
        source.Write("tokenizer_config.json",
            """{"do_lower_case": false, "pad_token": "[MASK]", "model_max_length": 1e30}""");

        TokenizerExport.Read(source.Path, positions: 24, maxLength: null).Write(output.Path);

        JsonObject settings = Read(output.File("tokenizer_config.json"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(settings["do_lower_case"]!.GetValue<bool>(), Is.False);
            Assert.That(settings["pad_token"]!.GetValue<string>(), Is.EqualTo("[MASK]"));
            Assert.That(settings["sep_token"]!.GetValue<string>(), Is.EqualTo("[SEP]"));
            Assert.That(settings["tokenizer_class"]!.GetValue<string>(), Is.EqualTo("BertTokenizer"));
            Assert.That(settings["model_max_length"]!.GetValue<int>(), Is.EqualTo(24));
        }

        Assert.That(Read(output.File("tokenizer.json"))["normalizer"]!["lowercase"]!.GetValue<bool>(), Is.False);
    }

    [TestCase(null, null, ExpectedResult = 24)]
    [TestCase(16, null, ExpectedResult = 16)]
    [TestCase(512, null, ExpectedResult = 24)]
    [TestCase(16, 8, ExpectedResult = 8)]
    [TestCase(16, 20, ExpectedResult = 20)]
    [TestCase(16, 99, ExpectedResult = 24)]
    public int The_limit_is_that_of_training_as_far_as_the_model_has_positions(int? own, int? training)
    {
        JsonObject settings = JsonNode.Parse(own is null ? "{}" : $"{{\"model_max_length\": {own}}}")!.AsObject();

        TokenizerSettings.Limit(settings, positions: 24, training);
        return settings["model_max_length"]!.GetValue<int>();
    }

    [TestCase("WordPiece", null, ExpectedResult = "BertTokenizer")]
    [TestCase("BPE", "RobertaProcessing", ExpectedResult = "RobertaTokenizer")]
    [TestCase("Unigram", "TemplateProcessing", ExpectedResult = "PreTrainedTokenizerFast")]
    public string The_class_follows_from_the_kind_of_tokenizer(string model, string? postProcessor)
    {
        JsonObject settings = [];
        TokenizerSettings.Complete(settings, new JsonObject
        {
            ["model"] = new JsonObject { ["type"] = model },
            ["post_processor"] = postProcessor is null ? null : new JsonObject { ["type"] = postProcessor },
        }, specialTokens: null);
        return settings["tokenizer_class"]!.GetValue<string>();
    }

    [Test]
    public void A_malformed_file_is_named()
    {
        using TemporaryFolder source = new();
        source.Write("vocab.txt", TinyClassifier.Words);
        string broken = source.Write("tokenizer_config.json", "{\"do_lower_case\": ");

        Assert.That(() => TokenizerExport.Read(source.Path, 24, null),
            Throws.TypeOf<RunException>().With.Message.Contains(broken));
    }

    [TestCase("""{"add_prefix_space": true}""")]
    [TestCase("""{"add_prefix_space": false}""")]
    [TestCase("""{"add_prefix_space": true, "tokenizer_class": "GPT2Tokenizer", "eos_token": "</s>"}""")]
    [TestCase("""{"mask_token": "ar", "cls_token": "<s>"}""")]
    [TestCase("""{"cls_token": "</s>", "sep_token": "<s>"}""")]
    public void Byte_level_settings_reach_the_exported_tokenizer(string settings)
    {
        using TemporaryFolder source = new();
        source.Write("vocab.json", ByteLevelFiles.Vocabulary().ToJsonString());
        source.Write("merges.txt", ByteLevelFiles.Merges);
        source.Write("tokenizer_config.json", settings);
        source.Write("added_tokens.json", """{"starry": 264}""");

        AssertSameIds(source, "star st", "  star", "<mask>star <mask>", "a starry ar", "");
    }

    [TestCase("""{"do_lower_case": false}""")]
    [TestCase("""{"strip_accents": false}""")]
    [TestCase("""{"tokenize_chinese_chars": false}""")]
    [TestCase("""{"cls_token": "[SEP]", "sep_token": "[CLS]", "unk_token": "[PAD]"}""")]
    public void Word_piece_settings_reach_the_exported_tokenizer(string settings)
    {
        using TemporaryFolder source = new();
        source.Write("vocab.txt",
            "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\ncafe\ncaf\u00e9\nCafe\n\u6f22\n##\u5b57\n\u5b57\n");
        source.Write("tokenizer_config.json", settings);
        source.Write("added_tokens.json", """{"Two Words": 11}""");

        AssertSameIds(
            source, "Cafe", "cafe\u0301", "caf\u00e9", "\u6f22\u5b57", "[MASK] two words", "Two Words", "dog");
    }

    [Test]
    public void Older_names_of_vocabulary_and_merges_are_exported_too()
    {
        using TemporaryFolder source = new();
        source.Write("encoder.json", ByteLevelFiles.Vocabulary().ToJsonString());
        source.Write("vocab.bpe", ByteLevelFiles.Merges);

        AssertSameIds(source, "star st", "  star", "<mask>star");
    }

    [Test]
    public void A_sentence_piece_model_alone_is_refused_with_what_to_do()
    {
        using TemporaryFolder source = new();
        string model = SharedFiles.SharedPath("tokenizers", "trained", "sp-bpe", "spiece.model");
        File.Copy(model, source.File("spiece.model"));

        Assert.That(() => TokenizerExport.Read(source.Path, 24, null), Throws.TypeOf<InvalidDataException>()
            .With.Message.StartsWith($"{source.File("spiece.model")}: this SentencePiece model can be read, but")
            .And.Message.Contains("(albert, deberta-v2, xlm-roberta, camembert)")
            .And.Message.Contains("Put the model's own tokenizer.json beside it"));
    }

    [TestCase("albert", "AlbertTokenizer")]
    [TestCase("deberta-v2", "DebertaV2Tokenizer")]
    public void The_sentence_piece_model_of_a_family_is_exported_beside_what_is_made_of_it(
        string family, string tokenizerClass)
    {
        using TemporaryFolder source = new();
        using TemporaryFolder output = new();
        byte[] model = TinySentencePiece.Model(1,
            TinySentencePiece.Piece("<pad>", 0, 3), TinySentencePiece.Piece("<unk>", 0, 2),
            TinySentencePiece.Piece("[CLS]", 0, 3), TinySentencePiece.Piece("[SEP]", 0, 3),
            TinySentencePiece.Piece("\u2581star", -1), TinySentencePiece.Piece("s", -2));
        File.WriteAllBytes(source.File("spm.model"), model);
        source.Write("config.json", $$"""{"model_type": "{{family}}"}""");

        TokenizerExport.Read(source.Path, positions: 24, maxLength: null).Write(output.Path);

        Assert.That(File.ReadAllBytes(output.File("spm.model")), Is.EqualTo(model));
        Assert.That((string?)Read(output.File("tokenizer_config.json"))["tokenizer_class"], Is.EqualTo(tokenizerClass));
        AssertSameIds(source, "stars star", " star  s ", "[SEP]star", "moon", "");
    }

    [TestCase(null, 24)]
    [TestCase(20, 20)]
    public void Truncation_and_padding_of_the_publisher_give_way_to_the_length_of_training(int? training, int limit)
    {
        using TemporaryFolder source = new();
        using TemporaryFolder output = new();
        source.Write("tokenizer.json", TinyTokenizer.BertJson()
            .Replace("\"truncation\": null", """
                "truncation": {"direction": "Right", "max_length": 3, "strategy": "LongestFirst", "stride": 0}
                """, StringComparison.Ordinal)
            .Replace("\"padding\": null", """
                "padding": {"strategy": {"Fixed": 128}, "direction": "Right", "pad_to_multiple_of": null, "pad_id": 0,
                            "pad_type_id": 0, "pad_token": "[PAD]"}
                """, StringComparison.Ordinal));

        TokenizerExport.Read(source.Path, positions: 24, training).Write(output.Path);

        JsonObject written = Read(output.File("tokenizer.json"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(written["padding"], Is.Null);
            Assert.That(written["truncation"]!.ToJsonString(), Is.EqualTo(
                $$"""{"direction":"Right","max_length":{{limit}},"strategy":"LongestFirst","stride":0}"""));
            Assert.That(Read(output.File("tokenizer_config.json"))["model_max_length"]!.GetValue<int>(),
                Is.EqualTo(limit));
            Assert.That(
                written["model"]!.ToJsonString(),
                Is.EqualTo(JsonNode.Parse(TinyTokenizer.BertJson())!["model"]!.ToJsonString()));
        }
    }

    [TestCase("tokenizer_config.json", """{"name_or_path": "\ud83d"}""")]
    [TestCase("tokenizer_config.json", """{"\ud83d": 1}""")]
    [TestCase("special_tokens_map.json", """{"pad_token": "\ud83d"}""")]
    [TestCase("tokenizer.json", null)]
    public void Half_of_a_surrogate_pair_is_said_with_its_file(string name, string? content)
    {
        using TemporaryFolder source = new();
        source.Write("tokenizer.json", TinyTokenizer.BertJson());
        string path = source.Write(name, content ?? "{\"note\": \"\\ud83d\", " + TinyTokenizer.BertJson()[1..]);

        Assert.That(() => TokenizerExport.Read(source.Path, 24, null), Throws.Exception
            .With.Message.StartsWith($"{path}: ").And.Message.Contains("surrogate pair"));
    }

    private static void AssertSameIds(TemporaryFolder source, params string[] texts)
    {
        using TemporaryFolder output = new();
        Tokenizer before = Tokenizer.Load(source.Path);
        TokenizerExport.Read(source.Path, positions: 512, maxLength: null).Write(output.Path);
        Tokenizer after = Tokenizer.FromTokenizerJson(output.File("tokenizer.json"));

        foreach (string text in texts)
        {
            TokenIds single = before.EncodeIds(text);
            TokenIds pair = before.EncodeIds(text, texts[0]);
            using (Assert.EnterMultipleScope())
            {
                Assert.That(after.EncodeIds(text).Ids, Is.EqualTo(single.Ids), text);
                Assert.That(after.EncodeIds(text, texts[0]).Ids, Is.EqualTo(pair.Ids), text);
                Assert.That(after.EncodeIds(text, texts[0]).TypeIds, Is.EqualTo(pair.TypeIds), text);
                Assert.That(after.Decode(single.Ids), Is.EqualTo(before.Decode(single.Ids)), text);
                Assert.That(after.Encode(text).Offsets, Is.EqualTo(before.Encode(text).Offsets), text);
            }
        }
    }

    private static JsonObject Read(string path) => JsonNode.Parse(File.ReadAllText(path))!.AsObject();
}
