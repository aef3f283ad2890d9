using System.Text.Json.Nodes;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Models;
using OrtTrainer.Options;
using OrtTrainer.Prediction;
using OrtTrainer.Runs;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.MaskedLanguageModel;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Models.Plain;

namespace OrtTrainer.Tests.Models.Backbones;

/// <summary>Heads for masked tokens of families that have one of their own, from a configuration to an
/// export.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class MaskedFamilyTests : IDisposable
{
    private static readonly string[] Words = ["one", "two", "three", "four", "five", "six"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestCase("albert", "Albert", "predictions.bias", "predictions.dense.weight")]
    [TestCase("electra", "Electra", "generator_lm_head.bias", "generator_predictions.dense.weight")]
    [TestCase("deberta-v2", "DebertaV2", "cls.predictions.bias", "cls.predictions.transform.dense.weight")]
    [TestCase("modernbert", "ModernBert", "decoder.bias", "head.dense.weight")]
    public void A_model_starts_at_random_learns_what_follows_what_and_its_export_says_it(
        string family, string prefix, string bias, string dense)
    {
        FineTuneOptions options = Options(family);

        RunSummary summary = FineTuner.Run(options);

        Assert.That(summary.Live, Is.LessThan(2.5), "perplexity among six words");
        Assert.That(ModelConfig.Load(options.Output).ClassName, Is.EqualTo(prefix + "ForMaskedLM"));
        using (SafetensorsFile file = SafetensorsFile.OpenFile(Path.Combine(options.Output, "model.safetensors")))
        {
            Assert.That(file.Names, Does.Contain(bias).And.Contain(dense));
        }

        TextPrediction fromGraph = Predict(options.Output);
        File.Delete(Path.Combine(options.Output, "onnx", "model.onnx"));
        TextPrediction fromWeights = Predict(options.Output);
        Assert.That(fromGraph.Labels, Is.EqualTo(new[] { "three", "six" }));
        Assert.That(fromWeights.Labels, Is.EqualTo(fromGraph.Labels));
        Assert.That(fromWeights.Scores, Is.EqualTo(fromGraph.Scores).Within(1e-5));
    }

    [TestCase("albert")]
    [TestCase("electra")]
    [TestCase("deberta-v2")]
    [TestCase("modernbert")]
    public void Output_layers_of_their_own_are_refused(string family)
    {
        FineTuneOptions options = Options(family, config => config["tie_word_embeddings"] = false);

        Assert.That(() => FineTuner.Run(options), Throws.TypeOf<RunException>()
            .With.Message.Contains("tie_word_embeddings is false").And.Message.Contains(_folder.Path));
    }

    [Test]
    public void The_newer_head_of_DeBERTa_is_refused_on_narrower_embeddings()
    {
        FineTuneOptions options = Options("deberta-v2", config => config["legacy"] = false);

        Assert.That(() => FineTuner.Run(options), Throws.TypeOf<RunException>()
            .With.Message.Contains("legacy is false and embedding_size is 12").And.Message.Contains("16"));
    }

    private static TextPrediction Predict(string folder)
    {
        using Predictor predictor = Predictor.Open(folder);
        return predictor.Predict("one two [MASK] four five [MASK] one two");
    }

    private FineTuneOptions Options(string family, Action<JsonObject>? change = null)
    {
        string[] tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", .. Words];
        PlainShape shape = new()
        {
            EmbeddingWidth = family == "modernbert" ? 0 : 12,
            Vocabulary = tokens.Length,
            Positions = 16,
            TokenTypes = family is "deberta-v2" or "modernbert" ? 0 : 2,
            LocalAttention = 8,
        };
        JsonObject config = JsonNode.Parse(
            PlainModel.Of(family, shape, (_, rows, columns) => new double[rows, columns]).Config)!.AsObject();
        config["initializer_range"] = 0.2;
        config.Remove("id2label");
        change?.Invoke(config);
        _folder.Write("vocab.txt", string.Join('\n', tokens));
        _folder.Write("config.json", config.ToJsonString());
        _folder.Write("corpus.txt", string.Concat(Enumerable.Range(0, 240).Select(line =>
            string.Join(' ', Enumerable.Range(line, 8).Select(i => Words[i % Words.Length])) + "\n")));
        return new FineTuneOptions
        {
            Model = _folder.Path,
            FromScratch = true,
            Output = _folder.File("out"),
            Data = new DataOptions
            {
                Train = _folder.File("corpus.txt"),
                Task = MaskedLanguageModelTask.Instance,
                SeparateDocuments = true,
            },
            BatchSize = 16,
            Epochs = 20,
            LearningRate = 5e-3,
            Dropout = 0,
            MaxLength = 16,
            Threads = 1,
        };
    }
}
