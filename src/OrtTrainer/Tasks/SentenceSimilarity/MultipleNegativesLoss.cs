using OrtTrainer.Graph;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Tasks.SentenceSimilarity;

/// <summary>
/// Multiple negatives ranking (Henderson et al. 2017, van den Oord et al. 2018): the cross-entropy of an anchor's
/// positive among the positives and negatives of all anchors in the batch, of the cosines times
/// <see cref="SimilarityLoss.Scale"/>. A text that equals the anchor or its positive is no negative of it.
/// </summary>
internal sealed class MultipleNegativesLoss(TextTargets targets) : SimilarityLoss(targets)
{
    // Not minus infinity, so that the rows of texts that are no anchors stay finite.
    private const float Hidden = -1e30f;

    private readonly RowPairs _candidates = new(
        "candidates", (anchor, row) => !targets.IsAnchor(anchor) || targets.IsCandidateOf(anchor, row) ? 0 : Hidden);

    private readonly LossCoefficient _scale = new("similarity_scale", Scale);

    internal override IReadOnlyList<LossInput> Inputs => [Positives, _candidates, _scale];

    internal override Value Build(LossGraph g)
    {
        Value scores = g.Builder.Add(g.Builder.Mul(Cosines(g), _scale.In(g)), _candidates.In(g));
        return g.Builder.Neg(g.Sum(g.Builder.Mul(Positives.In(g), g.Builder.LogSoftmax(scores, -1))));
    }

    public override double Value(Func<int, int, double> similarities)
    {
        double[] losses = new double[Targets.Count / Targets.GroupSize];
        Parallel.For(0, losses.Length, group =>
        {
            int anchor = group * Targets.GroupSize;
            double positive = Scale * similarities(anchor, anchor + 1);
            double sum = 0;
            for (int row = 0; row < Targets.Count; row++)
            {
                // At most exp(40) each.
                sum += Targets.IsCandidateOf(anchor, row)
                    ? Math.Exp((Scale * similarities(anchor, row)) - positive)
                    : 0;
            }

            losses[group] = Math.Log(sum);
        });
        return losses.Average();
    }
}
