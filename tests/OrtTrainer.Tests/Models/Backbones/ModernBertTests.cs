using System.Text.Json.Nodes;
using OrtTrainer.Checkpoints;
using OrtTrainer.Models;

namespace OrtTrainer.Tests.Models.Backbones;

/// <summary>ModernBERT, whose layers differ in what they see, from a folder to an export.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ModernBertTests() : TinyFamily(layers: 5, fields: """
    "model_type": "modernbert", "hidden_size": 16, "num_hidden_layers": 5, "num_attention_heads": 2,
    "intermediate_size": 24, "local_attention": 4, "global_attn_every_n_layers": 3, "global_rope_theta": 500.0,
    "local_rope_theta": 20.0
    """)
{
    [Test]
    public void Queries_keys_and_values_are_one_tensor_of_the_file()
    {
        using SafetensorsFile file = SafetensorsFile.OpenFile(Folder.File("model.safetensors"));

        Assert.That(file.TryGet("model.layers.1.attn.Wqkv.weight", out TensorInfo info));
        Assert.That(info.Shape, Is.EqualTo(new long[] { 48, 16 }));
        Assert.That(file.Names.Where(name => name.EndsWith(".bias", StringComparison.Ordinal)),
            Is.EqualTo(new[] { "classifier.bias" }));
    }

    [Test]
    public void Layers_that_are_kept_see_as_far_as_they_did()
    {
        using PretrainedModel model = PretrainedModel.Open(Folder.Path, layers: [0, 2, 3, 4]);

        Assert.That(model.Config.ToJson()["layer_types"]!.AsArray().Select(type => type!.GetValue<string>()),
            Is.EqualTo(new[] { "full_attention", "sliding_attention", "full_attention", "sliding_attention" }));
        Assert.That(model.Config.GetInt("num_hidden_layers"), Is.EqualTo(4));
    }

    [Test]
    public void Both_spellings_of_the_rotary_positions_mean_the_same()
    {
        float[] before = Logits();
        Change(config =>
        {
            config.Remove("global_rope_theta");
            config.Remove("local_rope_theta");
            config["rope_parameters"] = JsonNode.Parse("""
                {
                  "full_attention": { "rope_theta": 500.0, "rope_type": "default" },
                  "sliding_attention": { "rope_theta": 20.0, "rope_type": "default" }
                }
                """);
            config["layer_types"] = JsonNode.Parse("""
                ["full_attention", "sliding_attention", "sliding_attention", "full_attention", "sliding_attention"]
                """);
        });

        Assert.That(Logits(), Is.EqualTo(before));
    }

    [Test]
    public void Local_layers_without_a_base_of_their_own_take_the_global_one()
    {
        float[] before = Logits();
        Change(config => config["local_rope_theta"] = 500.0);
        float[] same = Logits();
        Change(config => config["local_rope_theta"] = null);

        Assert.That(Logits(), Is.EqualTo(same).And.Not.EqualTo(before));
    }

    [TestCase("\"num_hidden_layers\": 5", "\"num_hidden_layers\": 4", "tensor model.layers.4.")]
    [TestCase("\"num_attention_heads\": 2", "\"num_attention_heads\": 16", "hidden_size 16 is not a multiple of")]
    [TestCase("\"intermediate_size\": 24", "\"intermediate_size\": 23", "mlp.Wi.weight")]
    [TestCase("\"local_attention\": 4", "\"local_attention\": 0", "field local_attention: found 0; expected 1 to")]
    [TestCase("\"global_rope_theta\": 500.0", "\"global_rope_theta\": 0.5", "field global_rope_theta: found 0.5")]
    [TestCase("\"local_attention\": 4", "\"attention_bias\": true", "attn.Wqkv.bias")]
    [TestCase("\"local_attention\": 4", "\"norm_bias\": true", "model.embeddings.norm.bias")]
    [TestCase("\"local_attention\": 4", "\"classifier_pooling\": \"max\"", "classifier_pooling is 'max'")]
    [TestCase("\"local_attention\": 4", "\"hidden_activation\": \"mish\"", "hidden_activation is 'mish'")]
    [TestCase("\"local_attention\": 4", "\"classifier_activation\": \"mish\"", "classifier_activation is 'mish'")]
    [TestCase("\"local_attention\": 4", "\"layer_types\": [\"full_attention\"]", "field layer_types: found [\"full")]
    [TestCase("\"local_attention\": 4", "\"layer_types\": \"full_attention\"", "for each of the 5 layers")]
    [TestCase("\"local_attention\": 4", "\"rope_parameters\": {\"rope_theta\": 1}",
        "field rope_parameters.full_attention: found {\"rope_theta\":1}")]
    [TestCase("\"local_attention\": 4", "\"rope_parameters\": {\"full_attention\": {\"rope_type\": \"yarn\"}}",
        "rope_type of rope_parameters.full_attention is \"yarn\"")]
    [TestCase("\"local_attention\": 4", "\"rope_parameters\": {\"full_attention\": {\"factor\": 2}}",
        "rope_parameters.full_attention has factor")]
    [TestCase("\"local_attention\": 4", "\"rope_parameters\": {\"full_attention\": {}}",
        "field rope_parameters.full_attention.rope_theta: found no such field")]
    public void A_configuration_that_does_not_fit_is_refused(string field, string changed, string message) =>
        AssertRefused(field, changed, message);

    [Test]
    public void It_learns_the_task_goes_on_to_the_same_bits_and_predicts_the_same_from_weights_and_graph() =>
        AssertLearnsResumesAndPredicts(
            Options("out") with { Layers = [0, 1, 3], Epochs = 16, Dropout = 0.05 },
            "ModernBertForSequenceClassification");

    private void Change(Action<JsonObject> change)
    {
        JsonObject config = JsonNode.Parse(File.ReadAllText(Folder.File("config.json")))!.AsObject();
        change(config);
        Folder.Write("config.json", config.ToJsonString());
    }
}
