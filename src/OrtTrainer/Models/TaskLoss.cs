using OrtTrainer.Data;
using OrtTrainer.Graph;

namespace OrtTrainer.Models;

/// <summary>
/// The losses of the tasks as graphs. Each is the sum over the batch; the caller's scale turns it into a mean.
/// </summary>
internal static class TaskLoss
{
    /// <param name="g">The builder.</param>
    /// <param name="task">Which loss.</param>
    /// <param name="logits">[B, K].</param>
    /// <param name="targets">[B, K]: class probabilities, 0/1 per label, or values.</param>
    public static Value Sum(GraphBuilder g, TaskKind task, Value logits, Value targets)
    {
        Value elements = task switch
        {
            TaskKind.Classification => g.Neg(g.Mul(targets, g.LogSoftmax(logits, -1))),
            TaskKind.MultiLabel => g.Sub(g.Node("Softplus", [logits]), g.Mul(logits, targets)),
            TaskKind.Regression => Square(g, g.Sub(logits, targets)),
            _ => throw new ArgumentOutOfRangeException(nameof(task), task, "Unknown task."),
        };
        return g.ReduceSum(elements, [0, 1], keepAxes: false);
    }

    /// <summary>
    /// What the sum over <paramref name="examples"/> examples is multiplied with to get the task's mean.
    /// </summary>
    public static float MeanScale(TaskKind task, long examples, long outputs) =>
        (float)(1.0 / (task == TaskKind.Classification ? examples : examples * outputs));

    private static Value Square(GraphBuilder g, Value x) => g.Mul(x, x);
}
