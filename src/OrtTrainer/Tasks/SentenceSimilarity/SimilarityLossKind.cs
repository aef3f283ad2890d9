namespace OrtTrainer.Tasks.SentenceSimilarity;

/// <summary>What the vectors of a batch are trained towards.</summary>
internal enum SimilarityLossKind
{
    /// <summary>Every anchor finds its positive among all positives and negatives of the batch.</summary>
    MultipleNegatives,

    /// <summary>Pairs with a higher score are nearer than those with a lower.</summary>
    Cosent,

    /// <summary>The cosine of a pair is its score.</summary>
    Cosine,
}
