using System.Globalization;
using System.Text.Json.Nodes;
using OrtTrainer.Graph;
using OrtTrainer.Runtime;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Cli;
using OrtTrainer.Tests.Generation;
using OrtTrainer.Tests.Models;

namespace OrtTrainer.Tests.Export;

/// <summary>genai_config.json of exports, against their graphs and the configurations they come from.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class GenAiConfigTests : IDisposable
{
    private readonly TemporaryFolder _files = new();

    private string Model => _files.File("model");

    private string Export => _files.File("export");

    public void Dispose() => _files.Dispose();

    [TestCase("llama", "llama")]
    [TestCase("gpt2-causal-lm", "decoder")]
    [TestCase("llama-causal-lm", "llama")]
    [TestCase("qwen2-causal-lm", "qwen2")]
    public void Names_and_sizes_are_those_of_the_graph(string kind, string type)
    {
        WriteModel(kind);
        _ = CliRun.Of("export", "--model", Model, "--out", Export).Succeeded();
        JsonNode model = Read()["model"]!;
        JsonNode decoder = model["decoder"]!;
        using GraphSession graph = GraphSession.FromFile(
            Path.Combine(Export, (string)decoder["filename"]!), TinyClassifier.OneThread);
        int layers = (int)decoder["num_hidden_layers"]!;

        Assert.That(Named(decoder["inputs"]!, layers), Is.EquivalentTo(graph.Inputs.Select(input => input.Name)));
        Assert.That(Named(decoder["outputs"]!, layers), Is.EquivalentTo(graph.Outputs.Select(output => output.Name)));
        foreach (GraphValue past in graph.Inputs.Where(input => input.Shape.Count == 4))
        {
            Assert.That(past.Type, Is.EqualTo(ElementType.Float));
            Assert.That(past.Shape, Is.EqualTo(
                new long[] { -1, (int)decoder["num_key_value_heads"]!, -1, (int)decoder["head_size"]! }), past.Name);
        }

        Assert.That(graph.Outputs.Single(output => output.Name == "logits").Shape[2],
            Is.EqualTo((int)model["vocab_size"]!));
        JsonNode config = JsonNode.Parse(File.ReadAllText(Path.Combine(Export, "config.json")))!;
        Assert.That((string)model["type"]!, Is.EqualTo(type));

        // The reference's Qwen2 says no tokens; the tokenizer ends texts with its first one.
        int end = (int?)config["eos_token_id"] ?? 0;
        Assert.That((int)model["eos_token_id"]!, Is.EqualTo(end));
        Assert.That((int)model["bos_token_id"]!, Is.EqualTo((int?)config["bos_token_id"] ?? end));
        Assert.That((int)model["context_length"]!,
            Is.EqualTo((int)(config["n_positions"] ?? config["max_position_embeddings"])!));
        Assert.That((int)decoder["hidden_size"]!, Is.EqualTo((int)(config["n_embd"] ?? config["hidden_size"])!));
        Assert.That((int)decoder["num_attention_heads"]!,
            Is.EqualTo((int)(config["n_head"] ?? config["num_attention_heads"])!));
        Assert.That((bool)Read()["search"]!["past_present_share_buffer"]!, Is.False);
    }

    [Test]
    public void How_texts_are_written_is_as_generation_config_says()
    {
        WriteModel("llama");
        _files.Write("model/generation_config.json", """
            { "eos_token_id": [2, 5], "do_sample": true, "temperature": 0.6, "top_p": 0.9, "early_stopping": "never" }
            """);
        _ = CliRun.Of("export", "--model", Model, "--out", Export).Succeeded();
        JsonNode search = Read()["search"]!;

        Assert.That(Read()["model"]!["eos_token_id"]!.AsArray().Select(id => (int)id!), Is.EqualTo(new[] { 2, 5 }));
        Assert.That((int)Read()["model"]!["pad_token_id"]!, Is.EqualTo(2), "no other token fills rows up");
        Assert.That((bool)search["do_sample"]!, Is.True);
        Assert.That((double)search["temperature"]!, Is.EqualTo(0.6));
        Assert.That((double)search["top_p"]!, Is.EqualTo(0.9));
        Assert.That((bool)search["early_stopping"]!, Is.False, "GenAI knows yes and no alone");
        Assert.That((int)search["num_beams"]!, Is.EqualTo(1));
        Assert.That((int)search["max_length"]!, Is.EqualTo(TinyLlama.Positions));
    }

    [Test]
    public void An_encoder_with_a_decoder_has_none()
    {
        WriteModel("t5");
        JsonNode config = JsonNode.Parse(File.ReadAllText(Path.Combine(Model, "config.json")))!;
        config["architectures"] = new JsonArray("T5ForConditionalGeneration");
        _files.Write("model/config.json", config.ToJsonString());

        _ = CliRun.Of("export", "--model", Model, "--out", Export).Succeeded();

        Assert.That(Path.Combine(Export, "genai_config.json"), Does.Not.Exist);    }

    private static IEnumerable<string> Named(JsonNode names, int layers) => names.AsObject()
        .Select(entry => (string)entry.Value!)
        .SelectMany(name => name.Contains("%d", StringComparison.Ordinal)
            ? Enumerable.Range(0, layers).Select(layer => name.Replace(
                "%d", layer.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal))
            : [name]);

    private void WriteModel(string kind)
    {
        if (kind == "llama")
        {
            TinyLlama.Write(Model);
        }
        else
        {
            WritingModels.Write(Model, kind);
        }
    }

    private JsonNode Read() => JsonNode.Parse(File.ReadAllText(Path.Combine(Export, "genai_config.json")))!;
}
