using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Export;
using OrtTrainer.Models;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Text;
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

        TokenizerExport.Write(source.Path, output.Path, positions: 512, maxLength: null);

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
        TokenizerExport.Write(SharedFiles.SharedPath("tokenizers", "roberta-base"), output.Path, positions: 512,
            maxLength: null);
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

        TokenizerExport.Write(source.Path, output.Path, positions: 24, maxLength: null);

        Assert.That(File.ReadAllBytes(output.File("vocab.txt")),
            Is.EqualTo(File.ReadAllBytes(source.File("vocab.txt"))));
        Assert.That(File.ReadAllText(output.File("special_tokens_map.json")), Does.Contain("lstrip"));
        Assert.That(File.Exists(output.File("README.md")), Is.False);
    }

    [Test]
    public void Settings_gain_what_other_software_needs_and_lose_nothing()
    {
        using TemporaryFolder source = new();
        using TemporaryFolder output = new();
        source.Write("vocab.txt", TinyClassifier.Words);
        source.Write("tokenizer_config.json",
            """{"do_lower_case": false, "pad_token": "[MASK]", "model_max_length": 1e30}""");

        TokenizerExport.Write(source.Path, output.Path, positions: 24, maxLength: null);

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
        using TemporaryFolder output = new();
        source.Write("vocab.txt", TinyClassifier.Words);
        string broken = source.Write("tokenizer_config.json", "{\"do_lower_case\": ");

        Assert.That(() => TokenizerExport.Write(source.Path, output.Path, 24, null),
            Throws.TypeOf<ModelException>().With.Message.Contains(broken));
    }

    private static JsonObject Read(string path) => JsonNode.Parse(File.ReadAllText(path))!.AsObject();
}
