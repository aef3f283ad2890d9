using OrtTrainer.Checkpoints;
using OrtTrainer.Data;
using OrtTrainer.Models;
using OrtTrainer.Options;
using OrtTrainer.Runs;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Runs;
using OrtTrainer.Tests.Tasks;

namespace OrtTrainer.Tests.Models.Backbones;

/// <summary>A model of one family with weights at random, and a task for it: what tests of a family share.</summary>
public abstract class TinyFamily : IDisposable
{
    private static readonly Example[] Texts =
        [new("my big dog is here so the cat is here my old horse"), new("rice is old here so the soup")];

    private readonly int _layers;
    private readonly bool _scalesScores;

    /// <param name="layers">The layers that the configuration says.</param>
    /// <param name="fields">The family's fields of config.json: 2 heads, 16 values per token, 24 inside.</param>
    /// <param name="scalesScores">Whether attention divides its scores.</param>
    private protected TinyFamily(int layers, string fields, bool scalesScores = true)
    {
        (_layers, _scalesScores) = (layers, scalesScores);
        string[] tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", .. TinyTask.Words];
        Folder.Write("vocab.txt", string.Join('\n', tokens));
        Folder.Write("config.json", $$"""
            {
              {{fields}},
              "vocab_size": {{tokens.Length}}, "max_position_embeddings": 20, "initializer_range": 0.2,
              "id2label": { "0": "animal", "1": "food", "2": "place" }
            }
            """);
        RandomWeights.Write(Folder.Path);
    }

    private protected TinyTask Task { get; } = new();

    private protected TemporaryFolder Folder { get; } = new();

    public void Dispose()
    {
        Task.Dispose();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Test]
    public void Its_sizes_go_into_the_shape()
    {
        using PretrainedModel model = PretrainedModel.Open(Folder.Path);

        Assert.That(model.Architecture.Shape, Is.EqualTo(new ModelShape
        {
            Layers = _layers,
            Width = 16,
            Heads = 2,
            Inner = 24,
            Positions = 20,
            ScalesScores = _scalesScores,
            Vocabulary = 5 + TinyTask.Words.Count,
        }));
    }

    private protected FineTuneOptions Options(string output) => Task.Options(output) with { Model = Folder.Path };

    private protected float[] Logits() => Scored.Logits(Folder.Path, Texts);

    private protected void AssertRefused(string field, string changed, string message)
    {
        string config = File.ReadAllText(Folder.File("config.json"));
        Assert.That(config, Does.Contain(field));
        Folder.Write("config.json", config.Replace(field, changed));

        Assert.That(() => PretrainedModel.Open(Folder.Path), Throws.Exception.With.Message.Contains(message)
            .And.Message.Contains(Folder.Path));
    }

    /// <summary>It learns the task, an interrupted run ends in the same bits, and graph and weights predict
    /// alike.</summary>
    private protected void AssertLearnsResumesAndPredicts(FineTuneOptions options, string exportedClass)
    {
        RunSummary summary = TinyTask.Run(options);
        TinyTask.RunInParts(options with { Output = Task.Output("parted") }, interruptedAt: 7);

        float[] fromGraph = Scored.Logits(options.Output, Texts);
        File.Delete(Path.Combine(options.Output, "onnx", "model.onnx"));

        Assert.That(
            Task.RunFile("parted", "last.safetensors"),
            Is.EqualTo(File.ReadAllBytes(Path.Combine(options.Output, "run", "last.safetensors"))));
        Assert.That(Scored.Logits(options.Output, Texts), Is.EqualTo(fromGraph).Within(1e-5));
        Assert.That(summary.TestLive, Is.GreaterThan(0.8));
        Assert.That(ModelConfig.Load(options.Output).ToJson()["architectures"]!.ToJsonString(),
            Is.EqualTo($"[\"{exportedClass}\"]"));
    }
}
