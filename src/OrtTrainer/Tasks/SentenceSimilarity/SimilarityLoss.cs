using OrtTrainer.Graph;
using OrtTrainer.Models;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Tasks.SentenceSimilarity;

/// <summary>A loss of the cosine similarities between the texts of a batch.</summary>
/// <param name="targets">What the texts are to each other.</param>
internal abstract class SimilarityLoss(TextTargets targets) : LossTerm
{
    /// <summary>What cosines are multiplied with in a softmax, as in sentence-transformers.</summary>
    public const double Scale = 20;

    internal override LossPart Part => LossPart.Labels;

    internal override IReadOnlyList<LossInput> Inputs => [Positives];

    /// <summary>What the texts are to each other.</summary>
    protected TextTargets Targets => targets;

    /// <summary>1 where the second text is the positive of the first.</summary>
    protected RowPairs Positives { get; } =
        new("positives", (anchor, row) => targets.IsPositiveOf(anchor, row) ? 1 : 0);

    /// <summary>The loss on all of a data set as one batch, in float64.</summary>
    /// <param name="similarities">The cosines of the texts, by their places.</param>
    public abstract double Value(Func<int, int, double> similarities);

    /// <summary>The cosine of every two texts, [R, R].</summary>
    protected static Value Cosines(LossGraph g)
    {
        Value unit = EmbeddingHead.Unit(g.Builder, g.Logits);
        return g.Builder.Gemm(unit, unit, transposeB: true);
    }

    /// <summary>The cosine of each anchor and its positive, [R]; 0 for other texts.</summary>
    protected Value PairCosines(LossGraph g) => g.Sum(g.Builder.Mul(Positives.In(g), Cosines(g)));
}
