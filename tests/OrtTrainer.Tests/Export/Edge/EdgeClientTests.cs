using System.Text.Json.Nodes;
using OrtTrainer.Data;
using OrtTrainer.Export;
using OrtTrainer.Models;
using OrtTrainer.Prediction;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.Classification;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tests.Export.Edge;

/// <summary>
/// Exported folders in software nobody here wrote: the same labels and scores as our own prediction.
/// </summary>
public sealed class EdgeClientTests
{
    private static readonly Example[] Inputs =
    [
        new("What is a neutron star ?"),
        new("Who wrote the red book, the book ?"),
        new("stars"),
        new(""),
        new("Unknown w\u00f6rds \u4e2d and the \U0001F600"),
        new("What is a star ?", "a neutron"),
        new("the book", "Who wrote the red, red book ?"),
    ];

    [TestCase("bert", "classification")]
    [TestCase("bert", "multi_label")]
    [TestCase("bert", "regression")]
    [TestCase("roberta", "classification")]
    public void Transformers_js_gives_the_labels_and_scores_of_predict(string architecture, string taskName)
    {
        ModelTask task = ModelTask.Named(taskName);
        using TinyClassifier tiny = TinyClassifier.Of(architecture, task);
        using TemporaryFolder output = new();
        ModelExporter.Export(output.Path, tiny.Model, TinyClassifier.Provenance);
        AssertTransformersJsAgrees(output.Path, Inputs);
    }

    [Test]
    public void Both_clients_find_weights_that_lie_beside_the_model()
    {
        using TinyClassifier tiny = TinyClassifier.Of("bert");
        using TemporaryFolder output = new();
        ModelExporter.Export(output.Path, tiny.Model, TinyClassifier.Provenance, inlineLimit: 1000);
        TokenizedExample[] examples = tiny.Examples;

        float[] logits = Logits(EdgeClient.Run("run-ort.mjs", output.Path, [Batch(examples)])[0]);

        Assert.That(File.Exists(output.File("onnx/model.onnx_data")));
        Assert.That(logits, Is.EqualTo(tiny.ReferenceLogits(examples)).Within(1e-5));
        AssertTransformersJsAgrees(output.Path, Inputs);
    }

    [Test]
    public void Both_clients_run_fused_attention()
    {
        using TinyClassifier tiny = TinyClassifier.Of("bert");
        using TemporaryFolder output = new();
        ModelExporter.Export(output.Path, tiny.Model, TinyClassifier.Provenance, isFused: true);
        TokenizedExample[] examples = tiny.Examples;

        float[] logits = Logits(EdgeClient.Run("run-ort.mjs", output.Path, [Batch(examples)])[0]);

        Assert.That(logits, Is.EqualTo(tiny.ReferenceLogits(examples)).Within(1e-5));
        AssertTransformersJsAgrees(output.Path, Inputs);
    }

    [Test]
    public void Node_runs_the_graph_with_8_bit_weights()
    {
        using TinyClassifier tiny = TinyClassifier.Of("bert");
        using TemporaryFolder output = new();
        ModelExporter.Export(
            output.Path, tiny.Model, TinyClassifier.Provenance, quantization: Quantization.Int8);
        TokenizedExample[] examples = tiny.Examples;

        float[] logits = Logits(
            EdgeClient.Run("run-ort.mjs", OnnxModelFolder.QuantizedGraph(output.Path), [Batch(examples)])[0]);

        float[] exact = tiny.ReferenceLogits(examples);
        Assert.That(logits, Is.EqualTo(exact).Within(0.15 * exact.Max(Math.Abs)));
    }

    [Test]
    public void A_real_encoder_with_its_own_tokenizer_agrees_on_real_text()
    {
        using TemporaryFolder output = new();
        using PretrainedModel model = PretrainedModel.Open(SharedFiles.SharedPath("models", "all-MiniLM-L6-v2"));
        ParameterLayout layout = PackedGraph.Evaluation(model.Architecture, new SequenceHead(6)).Layout;
        using WeightBuffer parameters = new(Device.Default, layout.Length);
        model.Load(layout, parameters, seed: 3);
        ModelExporter.Export(output.Path, new FineTunedModel
        {
            Config = model.Config,
            Task = ClassificationTask.Instance,
            Labels = ["ABBR", "DESC", "ENTY", "HUM", "LOC", "NUM"],
            Layout = layout,
            Parameters = parameters,
            TokenizerFolder = model.Folder,
        }, TinyClassifier.Provenance);

        AssertTransformersJsAgrees(output.Path,
        [
            new("How did serfdom develop in and then leave Russia ?"),
            new("What is the full form of .com ?"),
            new("L'\u00e9t\u00e9, na\u00efve caf\u00e9s cost \u20ac3.50\u2014why?"),
            new("Amrozi accused his brother, whom he called \" the witness \".",
                "Referring to him as only \" the witness \", he spoke."),
        ]);
    }

    [Test]
    public void Transformers_js_gives_the_vectors_of_predict()
    {
        using TemporaryFolder output = new();
        using PretrainedModel model = PretrainedModel.Open(SharedFiles.SharedPath("models", "all-MiniLM-L6-v2"));
        ModelTask task = ModelTask.Of(model.Config);
        IReadOnlyList<string> values = task.OutputNames(model.Config);
        ParameterLayout layout = PackedGraph.Evaluation(model.Architecture, task.Head(values.Count)).Layout;
        using WeightBuffer parameters = new(Device.Default, layout.Length);
        Assert.That(model.Load(layout, parameters, seed: 3), Is.Empty);
        ModelExporter.Export(output.Path, new FineTunedModel
        {
            Config = model.Config,
            Task = task,
            Labels = values,
            Layout = layout,
            Parameters = parameters,
            TokenizerFolder = model.Folder,
        }, TinyClassifier.Provenance);
        Example[] texts = [new("Who wrote the book?"), new("L'\u00e9t\u00e9, na\u00efve caf\u00e9s"), new("")];
        using Predictor predictor = Predictor.Open(output.Path);

        JsonObject[] answers = EdgeClient.Run("run-transformers.mjs", output.Path, texts.Select(Line));

        Assert.That(
            answers.SelectMany(answer => answer["embedding"]!.AsArray().Select(value => value!.GetValue<float>())),
            Is.EqualTo(predictor.Predict(texts).SelectMany(text => text.Scores)).Within(1e-4));
    }

    [TestCase("bert", "classification")]
    [TestCase("bert", "multi_label")]
    [TestCase("bert", "regression")]
    [TestCase("roberta", "classification")]
    public void Plain_onnxruntime_in_Node_gives_the_logits_of_the_training_graph(string architecture, string taskName)
    {
        ModelTask task = ModelTask.Named(taskName);
        using TinyClassifier tiny = TinyClassifier.Of(architecture, task);
        using TemporaryFolder output = new();
        ModelExporter.Export(output.Path, tiny.Model, TinyClassifier.Provenance);
        TokenizedExample[] examples = TinyClassifier.Tokenize(output.Path, Inputs);

        JsonObject[] answers = EdgeClient.Run("run-ort.mjs", output.Path, [Batch(examples)]);

        Assert.That(Logits(answers[0]), Is.EqualTo(tiny.ReferenceLogits(examples)).Within(1e-5));
    }

    private static void AssertTransformersJsAgrees(string folder, Example[] inputs)
    {
        using Predictor predictor = Predictor.Open(folder);
        IReadOnlyList<TextPrediction> predictions = predictor.Predict(inputs);
        JsonObject[] answers = EdgeClient.Run("run-transformers.mjs", folder, inputs.Select(Line));

        Assert.That(answers, Has.Length.EqualTo(inputs.Length));
        for (int i = 0; i < inputs.Length; i++)
        {
            Dictionary<string, float> scores = answers[i]["scores"]!.AsObject()
                .ToDictionary(s => s.Key, s => s.Value!.GetValue<float>());
            Assert.That(scores.Keys, Is.EquivalentTo(predictor.Labels));
            Assert.That(predictor.Labels.Select(label => scores[label]),
                Is.EqualTo(predictions[i].Scores).Within(1e-5), inputs[i].Text);
            if (predictor.Task == ClassificationTask.Instance)
            {
                Assert.That(scores.MaxBy(s => s.Value).Key, Is.EqualTo(predictions[i].Label), inputs[i].Text);
            }
        }
    }

    private static JsonObject Line(Example input)
    {
        JsonObject line = new() { ["text"] = input.Text };
        if (input.Pair is not null)
        {
            line["pair"] = input.Pair;
        }

        return line;
    }

    private static float[] Logits(JsonObject answer) =>
        [.. answer["logits"]!.AsArray().SelectMany(row => row!.AsArray().Select(value => value!.GetValue<float>()))];

    /// <summary>All examples as one padded batch.</summary>
    private static JsonObject Batch(TokenizedExample[] examples)
    {
        int width = examples.Max(e => e.InputIds.Length);
        return new JsonObject
        {
            ["input_ids"] = Rows(e => e.InputIds),
            ["attention_mask"] = Rows(e => [.. e.InputIds.Select(_ => 1)]),
            ["token_type_ids"] = Rows(e => e.TokenTypeIds),
        };

        JsonArray Rows(Func<TokenizedExample, int[]> values) => [.. examples.Select(e =>
        {
            int[] row = values(e);
            Array.Resize(ref row, width);
            return new JsonArray([.. row.Select(v => (JsonNode)v)]);
        })];
    }
}
