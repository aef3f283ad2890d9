using System.Text.Json.Nodes;
using OrtTrainer.Checkpoints;
using OrtTrainer.Models;

namespace OrtTrainer.Tests.Models.Backbones;

/// <summary>GPT-Neo, whose layers differ in what they see, from a folder to an export.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class GptNeoTests() : TinyFamily(layers: 4, fields: """
    "model_type": "gpt_neo", "hidden_size": 16, "num_layers": 4, "num_heads": 2, "intermediate_size": 24,
    "attention_types": [[["global", "local"], 2]], "window_size": 3
    """, scalesScores: false)
{
    [Test]
    public void Tensors_are_called_as_in_its_files()
    {
        using SafetensorsFile file = SafetensorsFile.OpenFile(Folder.File("model.safetensors"));

        Assert.That(file.Names.Where(name => name.StartsWith("transformer.h.1.", StringComparison.Ordinal))
            .Select(name => name["transformer.h.1.".Length..]), Is.EquivalentTo(new[]
        {
            "ln_1.weight", "ln_1.bias", "attn.attention.q_proj.weight", "attn.attention.k_proj.weight",
            "attn.attention.v_proj.weight", "attn.attention.out_proj.weight", "attn.attention.out_proj.bias",
            "ln_2.weight", "ln_2.bias", "mlp.c_fc.weight", "mlp.c_fc.bias", "mlp.c_proj.weight", "mlp.c_proj.bias",
        }));
    }

    [Test]
    public void Layers_that_are_kept_see_as_far_as_they_did()
    {
        using PretrainedModel model = PretrainedModel.Open(Folder.Path, layers: [1, 2, 3]);

        JsonObject config = model.Config.ToJson();
        Assert.That(config["attention_layers"]!.ToJsonString(), Is.EqualTo("""["local","global","local"]"""));
        Assert.That(config["attention_types"]!.ToJsonString(), Is.EqualTo("""[[["local","global","local"],1]]"""));
        Assert.That(model.Config.GetInt("num_layers"), Is.EqualTo(3));
    }

    [Test]
    public void Both_spellings_of_what_layers_see_mean_the_same()
    {
        float[] before = Logits();
        JsonObject config = (JsonObject)JsonNode.Parse(File.ReadAllText(Folder.File("config.json")))!;
        config["attention_layers"] = JsonNode.Parse("""["global", "local", "global", "local"]""");
        config.Remove("attention_types");
        Folder.Write("config.json", config.ToJsonString());
        float[] stated = Logits();
        config["attention_layers"] = JsonNode.Parse("""["global", "global", "global", "global"]""");
        Folder.Write("config.json", config.ToJsonString());

        Assert.That(Logits(), Is.Not.EqualTo(before));
        Assert.That(stated, Is.EqualTo(before));
    }

    [TestCase("\"num_layers\": 4", "\"num_layers\": 2", "for each of the 2 layers of num_layers")]
    [TestCase("[\"global\", \"local\"]", "[\"near\", \"local\"]", "field attention_types: found [[[\"near\"")]
    [TestCase("[[[\"global\", \"local\"], 2]]", "[3]", "field attention_types: found [3]; expected 'global' or")]
    [TestCase("\"num_heads\": 2", "\"num_heads\": 3", "hidden_size 16 is not a multiple of")]
    [TestCase("\"window_size\": 3", "\"window_size\": 0", "field window_size: found 0; expected 1 to")]
    [TestCase("\"window_size\": 3", "\"activation_function\": \"mish\"", "activation_function is 'mish'")]
    public void Bad_configurations_are_refused(string field, string changed, string message) =>
        AssertRefused(field, changed, message);

    [Test]
    public void It_learns_resumes_and_predicts() => AssertLearnsResumesAndPredicts(
        Options("out") with { Layers = [0, 2, 3], Epochs = 60, LearningRate = 1e-2, Dropout = 0.05 },
        "GPTNeoForSequenceClassification");
}
