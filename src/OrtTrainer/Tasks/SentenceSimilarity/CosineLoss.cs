using OrtTrainer.Graph;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Tasks.SentenceSimilarity;

/// <summary>The mean squared difference between the cosine of a pair and its score (Reimers and Gurevych
/// 2019).</summary>
internal sealed class CosineLoss(TextTargets targets) : SimilarityLoss(targets)
{
    private readonly RowTable _scores = RowTable.OfRows("similarity_scores", targets.Scores);

    internal override IReadOnlyList<LossInput> Inputs => [Positives, _scores];

    internal override Value Build(LossGraph g) => g.Square(g.Builder.Sub(PairCosines(g), _scores.In(g)));

    public override double Value(Func<int, int, double> similarities) =>
        Enumerable.Range(0, Targets.Count).Where(Targets.IsAnchor)
            .Average(anchor => Math.Pow(similarities(anchor, anchor + 1) - Targets.Scores[anchor], 2));
}
