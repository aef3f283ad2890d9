using OrtTrainer.Data;
using OrtTrainer.Graph;
using OrtTrainer.Models;
using OrtTrainer.Runtime;

namespace OrtTrainer.Tests.Models;

/// <summary>The losses as graphs against their definitions, in float64 and by hand.</summary>
public sealed class TaskLossTests
{
    private static readonly float[] Logits = [2, -1, 0.5f, -30, 40, 0];

    [Test]
    public void Classification_is_the_cross_entropy_with_soft_targets()
    {
        float[] targets = [0.7f, 0.2f, 0.1f, 0, 1, 0];
        double expected = 0;
        for (int row = 0; row < 2; row++)
        {
            double[] z = [.. Logits[(3 * row)..(3 * (row + 1))].Select(v => (double)v)];
            double normalizer = z.Max() + Math.Log(z.Sum(v => Math.Exp(v - z.Max())));
            expected += z.Select((v, k) => targets[(3 * row) + k] * (normalizer - v)).Sum();
        }

        Assert.That(Loss(TaskKind.Classification, targets), Is.EqualTo(expected / 2).Within(1e-5));
    }

    [Test]
    public void Multi_label_is_the_binary_cross_entropy_over_all_labels()
    {
        float[] targets = [1, 0, 1, 0, 1, 1];
        double expected = Logits.Zip(targets, (z, y) =>
            (Math.Max(z, 0) - (z * y)) + Math.Log(1 + Math.Exp(-Math.Abs((double)z)))).Average();

        Assert.That(Loss(TaskKind.MultiLabel, targets), Is.EqualTo(expected).Within(1e-5));
    }

    [Test]
    public void Regression_is_the_squared_error()
    {
        float[] targets = [1, 2, 3, -29, 41, 7];
        double expected = Logits.Zip(targets, (z, y) => Math.Pow((double)z - y, 2)).Average();

        Assert.That(Loss(TaskKind.Regression, targets), Is.EqualTo(expected).Within(1e-5));
    }

    private static float Loss(TaskKind task, float[] targets)
    {
        GraphBuilder g = new("loss");
        Value logits = g.Input("logits", TensorType.Float("batch", 3));
        Value wanted = g.Input("targets", TensorType.Float("batch", 3));
        g.Output(TaskLoss.Sum(g, task, logits, wanted), "loss");
        using GraphSession session = GraphSession.FromBytes(g.ToBytes(), new ExecutionOptions());
        using Binding binding = session.CreateBinding();
        binding.SetInput("logits", Logits, [2, 3]);
        binding.SetInput("targets", targets, [2, 3]);
        binding.BindOutput("loss");
        binding.Run();
        return binding.Output("loss")[0] * TaskLoss.MeanScale(task, 2, 3);
    }
}
