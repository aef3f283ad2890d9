using OrtTrainer.Data;
using OrtTrainer.Evaluation;
using OrtTrainer.Models;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Tasks.TokenClassification;

/// <summary>Scores every sentence as its logits come, and keeps no logits.</summary>
/// <param name="targets">The class of every token, most of them ignored.</param>
/// <param name="labels">The tags, K.</param>
/// <param name="metrics">The task's metrics.</param>
internal sealed class TagAccumulator(TokenTargets targets, IReadOnlyList<string> labels, IReadOnlyList<Metric> metrics)
    : EvaluationAccumulator
{
    private readonly SentenceScore[] _scores = new SentenceScore[targets.Count];

    public override void Add(OutputBatch batch)
    {
        for (int i = 0; i < batch.Count; i++)
        {
            _scores[batch.Examples[i]] = ScoreOf(batch[i], targets.IdsOf(batch.Examples[i]));
        }
    }

    public override EvaluationScores Score(Metric metric)
    {
        double loss = _scores.Sum(score => score.Loss) / _scores.Sum(score => (long)score.Words);
        return EvaluationScores.Of(new TaggedSentences(_scores), labels.Count, loss, metrics, metric);
    }

    private SentenceScore ScoreOf(ReadOnlySpan<float> logits, ReadOnlySpan<int> classes)
    {
        int outputs = labels.Count;
        if (logits.Length != classes.Length * outputs)
        {
            throw new ArgumentException(
                $"There are {logits.Length} logits for {classes.Length} tokens; expected {outputs} per token.");
        }

        List<string> expected = [];
        List<string> predicted = [];
        double[] row = new double[outputs];
        int right = 0;
        double loss = 0;
        for (int token = 0; token < classes.Length; token++)
        {
            if (classes[token] == CategoricalTargets.Ignored)
            {
                continue;
            }

            for (int k = 0; k < outputs; k++)
            {
                row[k] = logits[(token * outputs) + k];
            }

            Softmax.LogProbabilities(row, temperature: 1, row);
            int best = ProbabilityScores.Argmax(row);
            loss -= row[classes[token]];
            right += best == classes[token] ? 1 : 0;
            expected.Add(labels[classes[token]]);
            predicted.Add(labels[best]);
        }

        return new SentenceScore(EntityCounts.Of(expected, predicted), right, expected.Count, loss);
    }
}
