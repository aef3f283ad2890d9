using System.Numerics.Tensors;
using OrtTrainer.Evaluation;
using OrtTrainer.Models;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tasks.SentenceSimilarity;

/// <summary>
/// Keeps the vectors of all texts and compares them when all have come: the texts of each pair, or each anchor with the
/// texts that it is to be told from. The loss is that of all pairs as one batch.
/// </summary>
internal sealed class SimilarityAccumulator : EvaluationAccumulator
{
    private readonly TextTargets _targets;
    private readonly SimilarityLoss _loss;
    private readonly float[][] _vectors;

    /// <param name="data">The pairs.</param>
    /// <param name="loss">What they are trained with.</param>
    public SimilarityAccumulator(EncodedDataset data, SimilarityLoss loss)
    {
        _targets = (TextTargets)data.Targets;
        _loss = loss;
        _vectors = new float[data.Inputs.Count][];
    }

    public override void Add(OutputBatch batch)
    {
        for (int i = 0; i < batch.Count; i++)
        {
            float[] vector = batch[i].ToArray();
            float length = TensorPrimitives.Norm<float>(vector);
            TensorPrimitives.Divide(vector, length > 0 ? length : 1, vector);
            _vectors[batch.Examples[i]] = vector;
        }
    }

    public override EvaluationScores Score(Metric metric)
    {
        int[] anchors = [.. Enumerable.Range(0, _targets.Count).Where(_targets.IsAnchor)];
        EvaluatedExamples examples = _targets.HasScores
            ? new ScoredPairs(
                Array.ConvertAll(anchors, anchor => Cosine(anchor, anchor + 1)),
                Array.ConvertAll(anchors, anchor => (double)_targets.Scores[anchor]))
            : new RankedTexts(Ranks(anchors));
        return EvaluationScores.Of(
            examples, _targets.Outputs, _loss.Value(Cosine),
            SimilarityMetrics.Of(_targets.HasScores, _targets.GroupSize), metric);
    }

    private double Cosine(int row, int other) => TensorPrimitives.Dot<float>(_vectors[row], _vectors[other]);

    // Among the anchor's own negatives where it has some, else among the positives of all. What is as near as the
    // positive comes before it, so that a model to which all texts are alike gets nothing for it.
    private int[] Ranks(int[] anchors)
    {
        int[] ranks = new int[anchors.Length];
        bool ownNegatives = _targets.GroupSize > 2;
        Parallel.For(0, anchors.Length, i =>
        {
            int anchor = anchors[i];
            double positive = Cosine(anchor, anchor + 1);
            (int from, int to) = ownNegatives ? (anchor, anchor + _targets.GroupSize) : (0, _targets.Count);
            ranks[i] = 1;
            for (int row = from; row < to; row++)
            {
                bool isNearer = row != anchor + 1 && _targets.IsCandidateOf(anchor, row)
                    && Cosine(anchor, row) >= positive;
                ranks[i] += isNearer ? 1 : 0;
            }
        });
        return ranks;
    }
}
