using OrtTrainer.Graph;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Tasks.SentenceSimilarity;

/// <summary>
/// CoSENT (Su 2022): <c>log(1 + sum exp(20 (cos_i - cos_j)))</c> over all pairs i and j of the batch of which j has the
/// higher score. It reads the order of the scores alone; equal scores are not compared.
/// </summary>
internal sealed class CosentLoss(TextTargets targets) : SimilarityLoss(targets)
{
    private readonly RowPairs _orders = new("score_orders", (row, other) =>
        targets.IsAnchor(row) && targets.IsAnchor(other) && targets.Scores[row] < targets.Scores[other] ? 1 : 0);

    private readonly LossCoefficient _scale = new("similarity_scale", Scale);

    internal override IReadOnlyList<LossInput> Inputs => [Positives, _orders, _scale];

    /// <summary>One number for the batch, [1]. The exponents are 40 at most, so that no sum overflows.</summary>
    internal override Value Build(LossGraph g)
    {
        GraphBuilder b = g.Builder;
        Value cosines = b.Mul(PairCosines(g), _scale.In(g));
        Value differences = b.Sub(b.Unsqueeze(cosines, 1), b.Unsqueeze(cosines, 0));
        Value wrong = b.ReduceSum(b.Mul(b.Exp(differences), _orders.In(g)), [0, 1], keepAxes: false);
        return b.Log(b.Add(b.Unsqueeze(wrong, 0), b.Constant(1f)));
    }

    public override double Value(Func<int, int, double> similarities)
    {
        int[] anchors = [.. Enumerable.Range(0, Targets.Count).Where(Targets.IsAnchor)];
        int[] order = [.. anchors.OrderBy(anchor => Targets.Scores[anchor])];

        // In the order of scores, a sum of exponentials over those that are below is kept.
        double all = 0, below = 0;
        for (int start = 0, end; start < order.Length; start = end)
        {
            end = start + 1;
            while (end < order.Length && Targets.Scores[order[end]] == Targets.Scores[order[start]])
            {
                end++;
            }

            double[] cosines = [.. order[start..end].Select(anchor => Scale * similarities(anchor, anchor + 1))];
            all += below * cosines.Sum(cosine => Math.Exp(-cosine));
            below += cosines.Sum(Math.Exp);
        }

        return Math.Log(1 + all);
    }
}
