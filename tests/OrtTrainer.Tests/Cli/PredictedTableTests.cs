using OrtTrainer.Cli.Commands;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Prediction;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.MultiLabel;
using OrtTrainer.Tasks.SentenceSimilarity;

namespace OrtTrainer.Tests.Cli;

public sealed class PredictedTableTests
{
    [Test]
    public void Several_labels_stand_in_one_field() => Assert.That(
        Table(MultiLabelTask.Instance, ["a", "b"], new(["b", "a"], [0.5f, 0.75f]), new([], [0, 0.25f])),
        Is.EqualTo("text,predicted.labels,predicted.scores.a,predicted.scores.b\nhello,b|a,0.5,0.75\nhello,,0,0.25\n"));

    [Test]
    public void Vectors_are_refused() => Assert.That(
        () => Table(SentenceSimilarityTask.Instance, ["0", "1"], new EmbeddingPrediction([0.6f, 0.8f])),
        Throws.InstanceOf<RunException>().With.Message.Contains("predicted.embedding").And.Message.Contains(".jsonl"));

    private static string Table(ModelTask task, string[] labels, params TextPrediction[] predictions)
    {
        using StringWriter writer = new();
        PredictedTable table = new(writer, new PredictionLine(task, labels));
        TableColumns columns = new(["text"]);
        foreach (TextPrediction prediction in predictions)
        {
            table.Add(new DataRow("texts.csv", 2, columns, ["hello"]), prediction);
        }

        return writer.ToString();
    }
}
