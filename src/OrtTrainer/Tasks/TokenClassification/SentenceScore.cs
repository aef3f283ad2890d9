namespace OrtTrainer.Tasks.TokenClassification;

/// <summary>How a model does on one sentence.</summary>
internal sealed class SentenceScore
{
    /// <param name="expected">The entities that are there.</param>
    /// <param name="predicted">The entities that were predicted.</param>
    /// <param name="rightWords">Words whose tag is right.</param>
    /// <param name="words">All words that have a token.</param>
    /// <param name="loss">The sum of the cross-entropies of their tags, in nats.</param>
    public SentenceScore(
        IReadOnlyList<Entity> expected, IReadOnlyList<Entity> predicted, int rightWords, int words, double loss)
    {
        Expected = expected;
        Predicted = predicted;
        Entities = EntityCounts.Of(expected, predicted);
        RightWords = rightWords;
        Words = words;
        Loss = loss;
    }

    public IReadOnlyList<Entity> Expected { get; }

    public IReadOnlyList<Entity> Predicted { get; }

    /// <summary>Entities of all types, counted.</summary>
    public EntityCounts Entities { get; }

    public int RightWords { get; }

    public int Words { get; }

    public double Loss { get; }

    /// <summary>Entities of one type, counted.</summary>
    public EntityCounts CountsOf(string type) => EntityCounts.Of(
        [.. Expected.Where(entity => entity.Type == type)], [.. Predicted.Where(entity => entity.Type == type)]);
}
