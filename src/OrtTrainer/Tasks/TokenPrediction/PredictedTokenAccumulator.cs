using System.Numerics.Tensors;
using OrtTrainer.Evaluation;
using OrtTrainer.Models;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tasks.TokenPrediction;

/// <summary>Scores the predicted tokens of every example as their logits come, and keeps no logits.</summary>
/// <param name="examples">The examples, with what is to be predicted.</param>
/// <param name="metrics">The task's metrics.</param>
internal sealed class PredictedTokenAccumulator(
    IReadOnlyList<TokenizedExample> examples, IReadOnlyList<Metric> metrics) : EvaluationAccumulator
{
    private readonly PredictedTokenScore[] _scores = new PredictedTokenScore[examples.Count];
    private int _outputs;

    public override void Add(OutputBatch batch)
    {
        _outputs = batch.Outputs;
        for (int i = 0; i < batch.Count; i++)
        {
            int example = batch.Examples[i];
            _scores[example] = ScoreOf(batch[i], ((PredictedExample)examples[example]).Targets, batch.Outputs);
        }
    }

    public override EvaluationScores Score(Metric metric)
    {
        PredictedTokenScores scores = new(_scores);
        return EvaluationScores.Of(scores, _outputs, scores.Loss, metrics, metric);
    }

    /// <summary>How the tokens of one example are predicted.</summary>
    /// <param name="logits">[R, K].</param>
    /// <param name="targets">Their ids, [R].</param>
    /// <param name="outputs">K.</param>
    internal static PredictedTokenScore ScoreOf(ReadOnlySpan<float> logits, int[] targets, int outputs)
    {
        if (logits.Length != (long)targets.Length * outputs)
        {
            throw new ArgumentException($"There are {logits.Length} logits for {targets.Length} predicted tokens; " +
                $"expected {outputs} per token.");
        }

        double loss = 0;
        int right = 0;
        for (int token = 0; token < targets.Length; token++)
        {
            ReadOnlySpan<float> row = logits.Slice(token * outputs, outputs);
            loss += LogSum(row) - row[targets[token]];
            right += TensorPrimitives.IndexOfMax(row) == targets[token] ? 1 : 0;
        }

        return new PredictedTokenScore(loss, right, targets.Length);
    }

    /// <summary>log sum exp, shifted by the maximum and added up in float64.</summary>
    internal static double LogSum(ReadOnlySpan<float> row)
    {
        double largest = TensorPrimitives.Max(row);
        double sum = 0;
        foreach (float value in row)
        {
            sum += Math.Exp(value - largest);
        }

        return largest + Math.Log(sum);
    }
}
