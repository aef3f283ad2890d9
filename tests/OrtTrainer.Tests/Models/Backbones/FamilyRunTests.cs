using System.Text.Json.Nodes;
using OrtTrainer.Checkpoints;
using OrtTrainer.Data;
using OrtTrainer.Models;
using OrtTrainer.Options;
using OrtTrainer.Runs;
using OrtTrainer.Runtime;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Export;
using OrtTrainer.Tests.Models.Plain;
using OrtTrainer.Tests.Runs;
using OrtTrainer.Tests.Tasks;

namespace OrtTrainer.Tests.Models.Backbones;

/// <summary>Families from a folder to an export, with some of their layers and a vocabulary of their own.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class FamilyRunTests : IDisposable
{
    private readonly TinyTask _task = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _task.Dispose();
        _folder.Dispose();
    }

    [TestCase("albert", "Albert", true)]
    [TestCase("electra", "Electra", true)]
    [TestCase("mpnet", "MPNet", false)]
    public void A_run_is_interrupted_goes_on_to_the_same_bits_and_is_exported(
        string family, string prefix, bool takesTypes)
    {
        FineTuneOptions options = Options(family, "whole") with { Layers = [0, 2], MaxSteps = 8 };
        TinyTask.Run(options);
        TinyTask.RunInParts(options with { Output = _task.Output("parted") }, interruptedAt: 5);

        Assert.That(
            _task.RunFile("parted", "last.safetensors"), Is.EqualTo(_task.RunFile("whole", "last.safetensors")));
        ModelConfig exported = ModelConfig.Load(_task.Output("whole"));
        Assert.That(exported.GetInt("num_hidden_layers"), Is.EqualTo(2));
        Assert.That(exported.ToJson()["architectures"]!.ToJsonString(),
            Is.EqualTo($"[\"{prefix}ForSequenceClassification\"]"));
        using GraphSession session = GraphSession.FromFile(
            Path.Combine(_task.Output("whole"), "onnx", "model.onnx"), TinyClassifier.OneThread);
        string[] inputs = ["input_ids", "attention_mask", "token_type_ids"];
        Assert.That(session.Inputs.Select(i => i.Name), Is.EqualTo(inputs[..(takesTypes ? 3 : 2)]));
    }

    [TestCase("albert")]
    [TestCase("electra")]
    [TestCase("mpnet")]
    public void It_learns_the_task_and_predicts_the_same_from_weights_and_graph(string family)
    {
        RunSummary summary = TinyTask.Run(Options(family, "out") with { Layers = [0, 1], Epochs = 25 });
        Example[] texts = [new("my big dog"), new("rice is old here so the soup")];

        float[] fromGraph = Scored.Logits(_task.Output("out"), texts);
        File.Delete(Path.Combine(_task.Output("out"), "onnx", "model.onnx"));

        Assert.That(Scored.Logits(_task.Output("out"), texts), Is.EqualTo(fromGraph).Within(1e-5));
        Assert.That(summary.TestLive, Is.GreaterThan(0.8));
    }

    private FineTuneOptions Options(string family, string output)
    {
        string[] special = family == "mpnet"
            ? ["<s>", "<pad>", "</s>", "[UNK]", "<mask>"]
            : ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
        PlainShape shape = new()
        {
            Layers = 3,
            EmbeddingWidth = family == "mpnet" ? 0 : 12,
            Vocabulary = special.Length + TinyTask.Words.Count,
            Positions = 20,
        };
        JsonObject config = JsonNode.Parse(
            PlainModel.Of(family, shape, (_, rows, columns) => new double[rows, columns]).Config)!.AsObject();
        config["initializer_range"] = 0.2;
        config["id2label"] = new JsonObject { ["0"] = "animal", ["1"] = "food", ["2"] = "place" };
        _folder.Write("vocab.txt", string.Join('\n', special.Concat(TinyTask.Words)));
        _folder.Write("config.json", config.ToJsonString());
        RandomWeights.Write(_folder.Path);
        return _task.Options(output) with { Model = _folder.Path };
    }
}
