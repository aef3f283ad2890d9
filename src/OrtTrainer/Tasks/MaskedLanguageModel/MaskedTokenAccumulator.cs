using System.Numerics.Tensors;
using OrtTrainer.Evaluation;
using OrtTrainer.Models;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tasks.MaskedLanguageModel;

/// <summary>Scores the masked tokens of every example as their logits come, and keeps no logits.</summary>
/// <param name="examples">The examples, with what was masked.</param>
/// <param name="metrics">The task's metrics.</param>
internal sealed class MaskedTokenAccumulator(
    IReadOnlyList<TokenizedExample> examples, IReadOnlyList<Metric> metrics) : EvaluationAccumulator
{
    private readonly MaskedTokenScore[] _scores = new MaskedTokenScore[examples.Count];
    private int _outputs;

    public override void Add(OutputBatch batch)
    {
        _outputs = batch.Outputs;
        for (int i = 0; i < batch.Count; i++)
        {
            int example = batch.Examples[i];
            _scores[example] = ScoreOf(batch[i], ((MaskedExample)examples[example]).Originals, batch.Outputs);
        }
    }

    public override EvaluationScores Score(Metric metric)
    {
        MaskedTokenScores scores = new(_scores);
        return EvaluationScores.Of(scores, _outputs, scores.Loss, metrics, metric);
    }

    private static MaskedTokenScore ScoreOf(ReadOnlySpan<float> logits, int[] originals, int outputs)
    {
        if (logits.Length != (long)originals.Length * outputs)
        {
            throw new ArgumentException($"There are {logits.Length} logits for {originals.Length} masked tokens; " +
                $"expected {outputs} per token.");
        }

        double loss = 0;
        int right = 0;
        for (int token = 0; token < originals.Length; token++)
        {
            ReadOnlySpan<float> row = logits.Slice(token * outputs, outputs);
            loss += LogSum(row) - row[originals[token]];
            right += TensorPrimitives.IndexOfMax(row) == originals[token] ? 1 : 0;
        }

        return new MaskedTokenScore(loss, right, originals.Length);
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
