namespace OrtTrainer.Tasks.TokenClassification;

/// <summary>How a model does on one sentence.</summary>
/// <param name="Entities">Entities found, predicted and expected.</param>
/// <param name="RightWords">Words whose tag is right.</param>
/// <param name="Words">All words that have a token.</param>
/// <param name="Loss">The sum of the cross-entropies of their tags, in nats.</param>
internal readonly record struct SentenceScore(EntityCounts Entities, int RightWords, int Words, double Loss);
