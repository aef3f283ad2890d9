using OrtTrainer.Checkpoints;
using OrtTrainer.Data;
using OrtTrainer.Models;
using OrtTrainer.Options;
using OrtTrainer.Runs;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks;
using OrtTrainer.Teachers;
using OrtTrainer.Tests.Export;
using OrtTrainer.Tests.Runs;
using OrtTrainer.Tests.Tasks;

namespace OrtTrainer.Tests.Models.Backbones;

/// <summary>DistilBERT, whose fields, tensors and head have names of their own, from a folder to an export.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class DistilBertTests() : TinyFamily(Layers, fields: """
    "model_type": "distilbert", "dim": 16, "n_layers": 6, "n_heads": 2, "hidden_dim": 24, "dropout": 0.1,
    "attention_dropout": 0.1, "seq_classif_dropout": 0.2, "qa_dropout": 0.1, "activation": "gelu"
    """)
{
    private const int Layers = 6;

    [Test]
    public void Layers_can_be_left_out()
    {
        using Loaded loaded = new(PretrainedModel.Open(Folder.Path, layers: [0, 2, 4]), 3);

        Assert.That(loaded.Initialized, Is.Empty);
        Assert.That(loaded.Model.Config.GetInt("n_layers"), Is.EqualTo(3));
        loaded.AssertEqualsFile(
            Folder.File("model.safetensors"),
            name => name.Replace("layer.2.", "layer.4.").Replace("layer.1.", "layer.2."));
    }

    [Test]
    public void Dropout_can_be_set_everywhere()
    {
        using PretrainedModel model = PretrainedModel.Open(Folder.Path, dropout: 0.25);

        Assert.That(
            new[] { "dropout", "attention_dropout", "seq_classif_dropout" }.Select(f => model.Config.GetFloat(f, null)),
            Is.All.EqualTo(0.25));
    }

    [TestCase("\"n_layers\": 6", "\"n_layers\": 16777216", "field n_layers: found 16777216; expected 1 to 1024")]
    [TestCase("\"n_layers\": 6", "\"n_layers\": 5", "distilbert.transformer.layer.5.")]
    [TestCase("\"dim\": 16", "\"dim\": -16", "field dim: found -16; expected 1 to 65536")]
    [TestCase("\"n_heads\": 2", "\"n_heads\": 3", "dim 16 is not a multiple of n_heads 3")]
    [TestCase("\"hidden_dim\": 24", "\"hidden_dim\": 25", "ffn.lin1.weight")]
    [TestCase("\"activation\": \"gelu\"", "\"activation\": \"mish\"", "'mish'")]
    [TestCase("\"dropout\": 0.1,", "\"dropout\": 0.1, \"pruned_heads\": {\"0\": [1]},", "pruned_heads")]
    public void A_configuration_that_does_not_fit_is_refused(string field, string changed, string message) =>
        AssertRefused(field, changed, message);

    [Test]
    public void A_run_on_some_of_its_layers_is_interrupted_goes_on_to_the_same_bits_and_is_exported()
    {
        FineTuneOptions options = Options("whole") with { Layers = [0, 3, 5], MaxSteps = 12 };
        TinyTask.Run(options);
        TinyTask.RunInParts(options with { Output = Task.Output("parted") }, interruptedAt: 7);

        Assert.That(
            Task.RunFile("parted", "last.safetensors"), Is.EqualTo(Task.RunFile("whole", "last.safetensors")));
        ModelConfig exported = ModelConfig.Load(Task.Output("whole"));
        Assert.That(exported.GetInt("n_layers"), Is.EqualTo(3));
        Assert.That(exported.ToJson()["architectures"]!.ToJsonString(),
            Is.EqualTo("[\"DistilBertForSequenceClassification\"]"));
        using GraphSession session = GraphSession.FromFile(
            Path.Combine(Task.Output("whole"), "onnx", "model.onnx"), TinyClassifier.OneThread);
        Assert.That(session.Inputs.Select(i => i.Name), Is.EqualTo(new[] { "input_ids", "attention_mask" }));
    }

    [Test]
    public void It_learns_the_task_and_predicts_the_same_from_weights_and_graph()
    {
        RunSummary summary = TinyTask.Run(Options("out") with { Layers = [0, 1], Epochs = 12 });
        Example[] texts = [new("my big dog"), new("rice is old here so the soup")];

        float[] fromGraph = Scored.Logits(Task.Output("out"), texts);
        File.Delete(Path.Combine(Task.Output("out"), "onnx", "model.onnx"));

        Assert.That(Scored.Logits(Task.Output("out"), texts), Is.EqualTo(fromGraph).Within(1e-5));
        Assert.That(summary.TestLive, Is.GreaterThan(0.8));
    }

    [Test]
    public void It_is_a_teacher_by_its_outputs_and_by_its_layers()
    {
        Dataset data = LabeledData.LoadTrain(new DataOptions { Train = Task.Train });
        TeacherOptions options = new() { Model = Folder.Path, Cache = Task.Output("cache") };

        TeacherLogits logits = TeacherLogits.Obtain(options, ModelTask.Default, data, threads: 1);
        TeacherStates states = TeacherStates.Obtain(options, ModelTask.Default, data, threads: 1);

        Assert.That(logits.Values, Is.EqualTo(
            Scored.Logits(Folder.Path, data.Examples)).Within(1e-5));
        Assert.That((states.Layers, states.Width), Is.EqualTo((Layers, 16)));
        Assert.That(states.Values, Has.Length.EqualTo(data.Count * Layers * 16).And.All.Matches<float>(float.IsFinite));
    }
}
