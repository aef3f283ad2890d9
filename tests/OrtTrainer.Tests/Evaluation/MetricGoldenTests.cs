using System.Text.Json;
using OrtTrainer.Evaluation;

namespace OrtTrainer.Tests.Evaluation;

/// <summary>The classification and correlation parts of methods/metrics.json, every score of every entry.</summary>
public class MetricGoldenTests
{
    private const double Tolerance = 1e-12;
    private static readonly string[] Inputs = ["K", "labels", "predictions", "probabilities", "x", "y", "note"];

    [Test]
    public void Every_classification_score_is_that_of_the_reference() =>
        CompareAll("classification", ClassificationScore);

    [Test]
    public void Every_correlation_is_that_of_the_reference() => CompareAll("correlation", CorrelationScore);

    [Test]
    public void The_other_parts_are_those_of_texts_and_entities()
    {
        using var golden = Open();
        string[] elsewhere = ["squad", "rouge", "bleu", "chrf", "entities"];
        Assert.That(
            golden.RootElement.EnumerateObject().Select(part => part.Name),
            Is.SubsetOf(elsewhere.Concat(["classification", "correlation"])));
    }

    private static void CompareAll(string part, Func<JsonElement, JsonProperty, double[]> actual)
    {
        using var golden = Open();
        Assert.Multiple(() =>
        {
            foreach (var row in golden.RootElement.GetProperty(part).EnumerateArray())
            {
                var given = row.EnumerateObject().Where(s => s.Value.ValueKind != JsonValueKind.Null);
                foreach (var score in given.Where(s => !Inputs.Contains(s.Name)))
                {
                    var expected = Flatten(score.Value).ToArray();
                    Assert.That(actual(row, score), Is.EqualTo(expected).Within(Tolerance), $"{part} {score.Name}");
                }
            }
        });
    }

    private static double[] ClassificationScore(JsonElement row, JsonProperty score)
    {
        var classes = row.GetProperty("K").GetInt32();
        var labels = row.GetProperty("labels").Deserialize<int[]>()!;
        var confusion = new ConfusionMatrix(labels, row.GetProperty("predictions").Deserialize<int[]>()!, classes);
        double[] Probabilities() => [.. Flatten(row.GetProperty("probabilities"))];
        double[] PerClass(Func<int, double> value) => [.. confusion.Occurring.Select(value)];
        return score.Name switch
        {
            "accuracy" or "f1_micro" => [confusion.Accuracy],
            "mcc" => [confusion.Mcc],
            "f1_macro" => [confusion.MacroF1],
            "f1_weighted" => [confusion.WeightedF1],
            "f1_binary" => [confusion.F1(1)],
            "precision_per_class" => PerClass(confusion.Precision),
            "recall_per_class" => PerClass(confusion.Recall),
            "confusion" =>
                [.. Enumerable.Range(0, classes * classes).Select(i => (double)confusion[i / classes, i % classes])],
            "balanced_accuracy" => [confusion.BalancedAccuracy],
            "cohen_kappa" => [confusion.CohenKappa],
            "log_loss" => [ProbabilityScores.LogLoss(labels, Probabilities(), classes)],
            "roc_auc" => [ProbabilityScores.RocAuc(
                Array.ConvertAll(labels, label => label == 1), [.. Probabilities().Where((_, i) => i % 2 == 1)])],
            "ece_15_bins" => [ProbabilityScores.CalibrationError(labels, Probabilities(), classes)],
            _ => throw new NotSupportedException(
                $"metrics.json has classification score '{score.Name}', which nothing here computes."),
        };
    }

    private static double[] CorrelationScore(JsonElement row, JsonProperty score)
    {
        var x = row.GetProperty("x").Deserialize<double[]>()!;
        var y = row.GetProperty("y").Deserialize<double[]>()!;
        return score.Name switch
        {
            "pearson" => [Correlation.Pearson(x, y)],
            "spearman" => [Correlation.Spearman(x, y)],
            "kendall_tau_b" => [Correlation.KendallTauB(x, y)],
            "mse" => [Correlation.MeanSquaredError(x, y)],
            _ => throw new NotSupportedException(
                $"metrics.json has correlation '{score.Name}', which nothing here computes."),
        };
    }

    private static JsonDocument Open() =>
        JsonDocument.Parse(File.ReadAllText(SharedFiles.Golden("methods", "metrics.json")));

    private static IEnumerable<double> Flatten(JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray().SelectMany(Flatten) : [element.GetDouble()];
}
