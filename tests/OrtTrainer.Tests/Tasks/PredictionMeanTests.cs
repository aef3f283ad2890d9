using OrtTrainer.Data;
using OrtTrainer.Evaluation;
using OrtTrainer.Models;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.Classification;
using OrtTrainer.Tasks.MultiLabel;
using OrtTrainer.Tasks.Regression;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tests.Tasks;

public sealed class PredictionMeanTests
{
    private static readonly float[][] Models = [[1, -2, 0.5f, 3, 3, -1], [-1, 4, 0, 2, -3, 2], [0, 0, 0, 5, 1, 1]];

    [Test]
    public void Class_probabilities_are_averaged()
    {
        double[] expected = Average(m => [.. m.Chunk(3).SelectMany(Softmax)]);

        float[] logits = Mean(ClassificationTask.Instance, 3, Models);

        Assert.That(logits.Chunk(3).SelectMany(Softmax), Is.EqualTo(expected).Within(1e-6));
    }

    [Test]
    public void Probabilities_of_labels_are_averaged()
    {
        double[] expected = Average(m => [.. m.Select(z => 1 / (1 + Math.Exp(-z)))]);

        float[] logits = Mean(MultiLabelTask.Instance, 3, Models);

        Assert.That(logits.Select(z => 1 / (1 + Math.Exp(-z))), Is.EqualTo(expected).Within(1e-6));
    }

    [Test]
    public void Values_are_averaged() => Assert.That(
        Mean(RegressionTask.Instance, 1, Models), Is.EqualTo(Average(m => [.. m.Select(v => (double)v)])).Within(1e-6));

    [TestCase("classification")]
    [TestCase("multi_label")]
    public void Extreme_logits_stay_finite(string taskName)
    {
        ModelTask task = ModelTask.Named(taskName);
        float[] extreme = [1000, -1000, 0, -1000, 1000, 0];

        float[] logits = Mean(task, 3, [extreme, extreme]);

        Assert.That(logits, Is.All.Matches<float>(float.IsFinite));
        Assert.That(logits[0] - logits[1], Is.EqualTo(2000).Within(1e-3));
    }

    private static float[] Mean(ModelTask task, int outputs, float[][] models)
    {
        int examples = models[0].Length / outputs;
        TaskTargets targets = task == RegressionTask.Instance
            ? new NumberTargets(new float[examples])
            : new ClassTargets(new int[examples], outputs);
        Dataset data = new("inline", new Example[examples], null, targets);
        PredictionMean mean = task.MeanOf(new EncodedDataset(data, [], targets, MaxLength: 8));
        foreach (float[] model in models)
        {
            Scored.Give(model, examples, mean);
        }

        OutputTable table = new(examples, outputs);
        mean.CopyTo(table);
        return table.Values;
    }

    private static double[] Average(Func<float[], double[]> probabilities)
    {
        double[][] all = [.. Models.Select(probabilities)];
        return [.. Enumerable.Range(0, all[0].Length).Select(i => all.Average(p => p[i]))];
    }

    private static IEnumerable<double> Softmax(float[] row) => row.Select(z => Math.Exp(z) / row.Sum(v => Math.Exp(v)));
}
