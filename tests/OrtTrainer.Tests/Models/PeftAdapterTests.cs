using OrtTrainer.Checkpoints;
using OrtTrainer.Models;
using OrtTrainer.Prediction;
using OrtTrainer.Tests.Checkpoints;

namespace OrtTrainer.Tests.Models;

/// <summary>Folders of adapters, made by hand as PEFT makes them, beside a small Llama.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class PeftAdapterTests : IDisposable
{
    private const int Width = 16, Vocabulary = 17;
    private const string Queries = "base_model.model.model.layers.0.self_attn.q_proj";
    private const string Values = "base_model.model.model.layers.1.self_attn.v_proj";

    private const string Usual = """
        "peft_type": "LORA", "task_type": "CAUSAL_LM", "base_model_name_or_path": "elsewhere", "r": 2,
        "lora_alpha": 3, "lora_dropout": 0.0, "target_modules": ["q_proj"], "modules_to_save": null,
        "fan_in_fan_out": false, "bias": "none", "use_rslora": false, "use_dora": false, "rank_pattern": {},
        "alpha_pattern": {}, "layer_replication": null, "init_lora_weights": true, "inference_mode": true
        """;

    private readonly TemporaryFolder _files = new();

    public PeftAdapterTests() => TinyLlama.Write(Model);

    private string Model => _files.File("model");

    private string Adapter => _files.File("adapter");

    public void Dispose() => _files.Dispose();

    [TestCase(false, 3.0 / 2)]
    [TestCase(true, 3.0 / 1.4142135)]
    public void The_scaled_product_is_added_to_its_layer_and_to_no_other(bool isStabilized, double scale)
    {
        Write(Usual.Replace("\"use_rslora\": false", $"\"use_rslora\": {(isStabilized ? "true" : "false")}"),
            Pair(Queries, 2, Width));

        using FolderWeights merged = Read(Adapter), before = Read(null);

        float[] a = Numbers(2 * Width, 1), b = Numbers(Width * 2, 2);
        foreach (ParameterSpec parameter in before.Layout.Parameters)
        {
            float[] values = merged.Layout.Read(merged.Buffer, parameter);
            float[] old = before.Layout.Read(before.Buffer, parameter);
            double[] expected = parameter.Name == "model.layers.0.self_attn.q_proj.weight"
                ? [.. old.Select((value, place) => value + (scale * Enumerable.Range(0, 2).Sum(
                    k => (double)b[(place / Width * 2) + k] * a[(k * Width) + (place % Width)])))]
                : [.. old.Select(value => (double)value)];
            Assert.That(values, Is.EqualTo(expected).Within(1e-6), parameter.Name);
        }
    }

    [Test]
    public void A_parameter_that_was_trained_whole_takes_the_place_of_the_models_own()
    {
        float[] norm = Numbers(Width, 7);
        Write(Usual, [.. Pair(Queries, 2, Width), ("base_model.model.model.norm.weight", [Width], norm)]);

        using FolderWeights merged = Read(Adapter);

        Assert.That(
            merged.Layout.Read(merged.Buffer, merged.Layout.Parameters.Single(p => p.Name == "model.norm.weight")),
            Is.EqualTo(norm));
    }

    // Keys and values have 2 heads of 4.
    [TestCase(8, 2, null)]
    [TestCase(16, 2, "v_proj.lora_B.weight\": found shape [16, 2]; expected shape [8, 2], as the model has it")]
    [TestCase(8, 3, "A [3, 16] and B [8, 3]; expected A [2, inputs] and B [outputs, 2] of a linear layer")]
    public void Shapes_are_those_of_the_layer_and_the_rank(int outputs, int rank, string? message)
    {
        Write(Usual, Pair(Values, rank, outputs));

        Assert.That(() => Read(Adapter).Dispose(), message is null
            ? Throws.Nothing
            : Throws.InstanceOf<CheckpointException>().With.Message.Contains(message));
    }

    [Test]
    public void Ranks_may_differ_where_the_configuration_says_so()
    {
        Write(Usual.Replace("\"rank_pattern\": {}", "\"rank_pattern\": {\"v_proj\": 3}"),
            [.. Pair(Queries, 2, Width), .. Pair(Values, 3, 8)]);

        Assert.That(() => Read(Adapter).Dispose(), Throws.Nothing);
    }

    [TestCase("\"LORA\"", "\"IA3\"", "field peft_type: found \"IA3\"; expected \"LORA\"")]
    [TestCase("\"use_dora\": false", "\"use_dora\": true", "field use_dora: found true; expected no such field")]
    [TestCase("\"alpha_pattern\": {}", "\"alpha_pattern\": {\"q_proj\": 4}", "field alpha_pattern: found {")]
    [TestCase("\"bias\": \"none\"", "\"bias\": \"all\"", "field bias: found \"all\"; expected \"none\"")]
    [TestCase("\"init_lora_weights\": true", "\"init_lora_weights\": \"pissa\"", "which changes the model beside")]
    [TestCase("\"r\": 2", "\"r\": 0", "field r")]
    [TestCase("\"lora_alpha\": 3,", "", "field lora_alpha")]
    public void What_is_no_plain_LoRA_is_refused_by_name(string words, string others, string message)
    {
        Write(Usual.Replace(words, others), Pair(Queries, 2, Width));

        Assert.That(() => Read(Adapter).Dispose(),
            Throws.InstanceOf<CheckpointException>().With.Message.Contains(message));
    }

    [TestCase("base_model.model.model.layers.0.self_attn.q_proj.lora_magnitude_vector", "something else than plain")]
    [TestCase("base_model.model.model.embed_tokens.lora_embedding_A", "something else than plain LoRA has")]
    [TestCase("model.norm.weight", "something else than plain LoRA has")]
    [TestCase("base_model.model.model.layers.1.self_attn.q_proj.lora_A.weight", "no tensor beside it")]
    [TestCase("base_model.model.model.layers.2.mlp.gate_proj.weight", "layers that the model does not have")]
    public void A_tensor_that_has_no_place_is_refused_by_name(string name, string message)
    {
        Write(Usual, [.. Pair(Queries, 2, Width), (name, [2, Width], Numbers(2 * Width, 4))]);

        Assert.That(() => Read(Adapter).Dispose(), Throws.InstanceOf<CheckpointException>()
            .With.Message.Contains(message).And.Message.Contains(name));
    }

    [Test]
    public void An_adapter_of_a_layer_that_the_model_lacks_is_refused()
    {
        Write(Usual, [.. Pair(Queries, 2, Width), .. Pair(Queries.Replace("q_proj", "Wqkv"), 2, Width)]);

        Assert.That(() => Read(Adapter).Dispose(), Throws.InstanceOf<CheckpointException>()
            .With.Message.Contains("self_attn.Wqkv.lora_A.weight").And.Message.Contains(
                "Give the model that the adapter was trained on"));
    }

    [TestCase("adapter_config.json")]
    [TestCase("adapter_model.safetensors")]
    public void A_missing_file_is_named(string name)
    {
        Write(Usual, Pair(Queries, 2, Width));
        File.Delete(Path.Combine(Adapter, name));

        Assert.That(() => Read(Adapter).Dispose(),
            Throws.InstanceOf<CheckpointException>().With.Message.Contains(name));
    }

    private FolderWeights Read(string? adapter) => FolderWeights.Read(Model, new NextTokenHead(Vocabulary), adapter);

    private void Write(string fields, params (string Name, long[] Shape, float[] Values)[] tensors)
    {
        _files.Write("adapter/adapter_config.json", $"{{ {fields} }}");
        SafetensorsWriter.Write(
            Path.Combine(Adapter, "adapter_model.safetensors"),
            tensors.Select(tensor => TensorData.Floats(tensor.Name, tensor.Shape, tensor.Values)),
            new Dictionary<string, string> { ["format"] = "pt" });
    }

    private static (string Name, long[] Shape, float[] Values)[] Pair(string layer, int rank, int outputs) =>
    [
        (layer + ".lora_A.weight", [rank, Width], Numbers(rank * Width, 1)),
        (layer + ".lora_B.weight", [outputs, rank], Numbers(outputs * rank, 2)),
    ];

    private static float[] Numbers(int count, int seed) =>
        [.. Enumerable.Range(0, count).Select(i => (((i * 7) + (seed * 3)) % 11 / 8f) - 0.6f)];
}
