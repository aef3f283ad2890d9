using OrtTrainer.Models;

namespace OrtTrainer.Evaluation;

/// <summary>Keeps the outputs of a task that has one row of them per example, [N, K], in float64.</summary>
/// <param name="examples">N.</param>
/// <param name="outputs">K.</param>
/// <param name="metrics">The task's metrics.</param>
/// <param name="loss">The mean loss of outputs [N, K].</param>
/// <param name="beside">Puts outputs [N, K] beside the truth.</param>
internal sealed class OutputAccumulator(
    int examples, int outputs, IReadOnlyList<Metric> metrics, Func<double[], double> loss,
    Func<double[], EvaluatedExamples> beside) : EvaluationAccumulator
{
    private readonly double[] _outputs = new double[(long)examples * outputs];

    public override void Add(OutputBatch batch)
    {
        for (int i = 0; i < batch.Count; i++)
        {
            if (batch[i].Length != outputs)
            {
                throw new ArgumentException(
                    $"Example {batch.Examples[i]} has {batch[i].Length} outputs; expected {outputs}.");
            }

            int at = batch.Examples[i] * outputs;
            foreach (float value in batch[i])
            {
                _outputs[at++] = value;
            }
        }
    }

    public override EvaluationScores Score(Metric metric) =>
        EvaluationScores.Of(beside(_outputs), outputs, loss(_outputs), metrics, metric);
}
