using System.Text.Json.Nodes;
using OrtTrainer.Data;
using OrtTrainer.Export;
using OrtTrainer.Prediction;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Training;

namespace OrtTrainer.Tests.Export;

/// <summary>Exported folders in software nobody here wrote: the same labels and scores as our own prediction.</summary>
public sealed class EdgeClientTests
{
    private static readonly (string Text, string? Pair)[] Inputs =
    [
        ("What is a neutron star ?", null),
        ("Who wrote the red book, the book ?", null),
        ("stars", null),
        ("", null),
        ("Unknown w\u00f6rds \u4e2d and the \U0001F600", null),
        ("What is a star ?", "a neutron"),
        ("the book", "Who wrote the red, red book ?"),
    ];

    [TestCase("bert", TaskKind.Classification)]
    [TestCase("bert", TaskKind.MultiLabel)]
    [TestCase("bert", TaskKind.Regression)]
    [TestCase("roberta", TaskKind.Classification)]
    public void Transformers_js_gives_the_labels_and_scores_of_predict(string architecture, TaskKind task)
    {
        using TinyClassifier tiny = TinyClassifier.Of(architecture, task);
        using TemporaryFolder output = new();
        ModelExporter.Export(output.Path, tiny.Model, TinyClassifier.Provenance);
        using Predictor predictor = Predictor.Open(output.Path);

        JsonObject[] answers = EdgeClient.Run("classify-transformers.mjs", output.Path, Inputs.Select(input =>
        {
            JsonObject line = new() { ["text"] = input.Text };
            if (input.Pair is not null)
            {
                line["pair"] = input.Pair;
            }

            return line;
        }));

        IReadOnlyList<TextPrediction> predictions = predictor.Predict(Inputs);
        Assert.That(answers, Has.Length.EqualTo(Inputs.Length));
        for (int i = 0; i < Inputs.Length; i++)
        {
            JsonObject scores = answers[i]["scores"]!.AsObject();
            Assert.That(tiny.Model.Labels.Select(label => scores[label]!.GetValue<float>()),
                Is.EqualTo(predictions[i].Scores).Within(1e-5), Inputs[i].ToString());
            Assert.That(scores, Has.Count.EqualTo(tiny.Model.Labels.Count));
        }
    }

    [TestCase("bert", TaskKind.Classification)]
    [TestCase("bert", TaskKind.MultiLabel)]
    [TestCase("bert", TaskKind.Regression)]
    [TestCase("roberta", TaskKind.Classification)]
    public void Plain_onnxruntime_in_Node_gives_the_logits_of_the_training_graph(string architecture, TaskKind task)
    {
        using TinyClassifier tiny = TinyClassifier.Of(architecture, task);
        using TemporaryFolder output = new();
        ModelExporter.Export(output.Path, tiny.Model, TinyClassifier.Provenance);
        TokenizedExample[] examples = TinyClassifier.Tokenize(output.Path, Inputs);

        JsonObject[] answers = EdgeClient.Run("classify-ort.mjs", output.Path, [Batch(examples)]);

        float[] logits = [.. answers[0]["logits"]!.AsArray().SelectMany(row => row!.AsArray().Select(v => v!.GetValue<float>()))];
        Assert.That(logits, Is.EqualTo(tiny.ReferenceLogits(examples)).Within(1e-5));
    }

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
