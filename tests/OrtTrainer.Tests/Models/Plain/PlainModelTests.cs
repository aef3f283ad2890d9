using OrtTrainer.Checkpoints;
using OrtTrainer.Models;
using OrtTrainer.Tasks.MaskedLanguageModel;
using OrtTrainer.Tasks.TokenClassification;

namespace OrtTrainer.Tests.Models.Plain;

/// <summary>The plain models themselves: gradients by central differences, logits by Hugging Face.</summary>
internal sealed class PlainModelTests
{
    private const int ElementsPerTensor = 4;

    private static IEnumerable<TestCaseData> Own() =>
        PlainGolden.All.Select(golden => new TestCaseData(golden).SetArgDisplayNames(Path.GetFileName(golden.Folder)));

    private static readonly string[] WithoutTwin = ["gpt2", "llama", "qwen2", "t5", "bart", "vit", "resnet"];

    private static IEnumerable<TestCaseData> Shared() => GoldenModel.SharedFolders()
        .Where(folder => !WithoutTwin.Contains(Path.GetFileName(folder).Split('-')[0]))
        .Select(folder => new TestCaseData(folder).SetArgDisplayNames(Path.GetFileName(folder)));

    [TestCaseSource(nameof(Own))]
    public void Gradients_are_the_differences_of_the_loss(PlainGolden golden)
    {
        const double Step = 1e-5;
        PlainModel model = golden.NewModel();
        PlainBatch batch = golden.Batch(0);
        double Loss(Tape tape) => PlainLoss.Mean(
            golden.Task, model.Logits(tape, batch.Sequences), batch.Targets, batch.Lengths);
        Tape recorded = new();
        Loss(recorded);
        recorded.Backward();
        Random random = new(3);
        foreach ((string name, Tensor parameter) in model.Parameters)
        {
            for (int i = 0; i < ElementsPerTensor; i++)
            {
                (int r, int c) = (random.Next(parameter.Rows), random.Next(parameter.Columns));
                double before = parameter.Value[r, c];
                parameter.Value[r, c] = before + Step;
                double above = Loss(new Tape());
                parameter.Value[r, c] = before - Step;
                double below = Loss(new Tape());
                parameter.Value[r, c] = before;

                double slope = (above - below) / (2 * Step);
                Assert.That(parameter.Gradient[r, c], Is.EqualTo(slope).Within(1e-8), $"{name} [{r}, {c}]");
            }
        }

        Assert.That(model.Parameters, Has.Count.GreaterThanOrEqualTo(25));
    }

    [TestCaseSource(nameof(Shared))]
    public void Logits_are_those_of_the_reference_implementation(string folder)
    {
        GoldenModel.Require(folder);
        using GoldenModel golden = new(folder);
        using SafetensorsFile file = SafetensorsFile.OpenFile(Path.Combine(folder, "model.safetensors"));
        ModelShape sizes = golden.Pretrained.Architecture.Shape;
        ModelConfig config = golden.Pretrained.Config;
        PlainShape shape = new()
        {
            Layers = sizes.Layers,
            Width = sizes.Width,
            EmbeddingWidth = config.GetInt("embedding_size", 0),
            Heads = sizes.Heads,
            Inner = sizes.Inner,
            Vocabulary = sizes.Vocabulary,
            Positions = sizes.Positions,
            TokenTypes = config.GetInt("type_vocab_size", 0),
            Outputs = golden.Outputs,
            PerToken = golden.Task == TokenClassificationTask.Instance
                || golden.Task == MaskedLanguageModelTask.Instance,
            Masked = golden.Task == MaskedLanguageModelTask.Instance,
            Activation = config.GetString("hidden_act", "gelu"),
            Epsilon = config.GetFloat(config.Has("norm_eps") ? "norm_eps" : "layer_norm_eps", 1e-12),
            Buckets = config.GetInt("position_buckets", 0),
            LocalAttention = config.GetInt("local_attention", 1),
            GlobalEvery = config.GetInt("global_attn_every_n_layers", 1),
        };
        PlainModel model = PlainModel.Of(golden.Pretrained.Architecture.ModelType, shape, (name, rows, columns) =>
        {
            float[] values = new float[rows * columns];
            file.ReadFloats(name, values);
            double[,] matrix = new double[rows, columns];
            for (int i = 0; i < values.Length; i++)
            {
                matrix[i / columns, i % columns] = values[i];
            }

            return matrix;
        });

        Tensor logits = model.Logits(new Tape(), golden.Batch(0).Select(e => (e.InputIds, e.TokenTypeIds)));

        Assert.That(logits.Value.Cast<double>(), Is.EqualTo(golden.PackedLogits.Select(z => (double)z)).Within(1e-5));
    }
}
