using OrtTrainer.Evaluation;

namespace OrtTrainer.Tasks.TokenClassification;

/// <summary>Entities of one sentence or several, counted; counts of sentences add up.</summary>
/// <param name="Right">Predicted entities whose type, first and last token are right.</param>
/// <param name="Predicted">All that were predicted.</param>
/// <param name="Expected">All there are.</param>
internal readonly record struct EntityCounts(int Right, int Predicted, int Expected)
{
    /// <summary>Precision and recall of the predicted entities.</summary>
    public TextOverlap Overlap => TextOverlap.Of(Right, Predicted, Expected);

    /// <summary>Counts those of one sentence.</summary>
    /// <param name="expected">The entities that are there.</param>
    /// <param name="predicted">The entities that were predicted.</param>
    public static EntityCounts Of(IReadOnlyList<Entity> expected, IReadOnlyList<Entity> predicted) =>
        new(predicted.Intersect(expected).Count(), predicted.Count, expected.Count);

    /// <summary>The counts of both.</summary>
    public static EntityCounts operator +(EntityCounts left, EntityCounts right) =>
        new(left.Right + right.Right, left.Predicted + right.Predicted, left.Expected + right.Expected);
}
