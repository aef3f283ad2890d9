using OrtTrainer.Common;
using OrtTrainer.Models;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tasks.SentenceSimilarity;

/// <summary>The words of options for vectors of texts, and what they stand for.</summary>
internal static class EmbeddingOptions
{
    /// <summary>The pooling of that name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static Pooling PoolingOf(string word) => Named<Pooling>(nameof(DataOptions.Pooling), word);

    /// <summary>The loss of that name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static SimilarityLossKind LossOf(string word) =>
        Named<SimilarityLossKind>(nameof(DataOptions.SimilarityLoss), word);

    /// <summary>A pooling in words.</summary>
    public static string Words(Pooling pooling) => pooling == Pooling.Cls ? "first token" : "mean of the tokens";

    /// <summary>A loss in words.</summary>
    public static string Words(SimilarityLossKind loss) => loss switch
    {
        SimilarityLossKind.MultipleNegatives => "multiple negatives ranking",
        SimilarityLossKind.Cosent => "CoSENT",
        _ => "squared error of the cosine",
    };

    /// <summary>The loss of a kind on training data that it goes with.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="train">The training data.</param>
    /// <param name="batchSize">Pairs or triplets per pass.</param>
    /// <exception cref="RunException">It cannot learn from them.</exception>
    public static SimilarityLoss Loss(SimilarityLossKind kind, EncodedDataset train, int batchSize)
    {
        (TextTargets targets, string source) = ((TextTargets)train.Targets, train.Source.Source);
        if (kind == SimilarityLossKind.MultipleNegatives)
        {
            return batchSize > 1 || targets.GroupSize > 2
                ? new MultipleNegativesLoss(targets)
                : throw new RunException($"A batch of one pair has no negatives, so that {Words(kind)} has nothing to "
                    + "learn. Take a larger batch size, 32 say, or data with negatives.");
        }

        if (!targets.HasScores)
        {
            throw new RunException($"{source}: the pairs have no scores, which {Words(kind)} learns from. Name the "
                + "column that holds them, or take multiple-negatives.");
        }

        if (kind == SimilarityLossKind.Cosent)
        {
            return batchSize == 1 || targets.Scores.Distinct().Take(2).Count() < 2
                ? throw new RunException($"{source}: {Words(kind)} compares pairs of different scores in a batch, and "
                    + (batchSize == 1 ? "a batch of one has no other. Take a larger batch size, 32 say."
                        : $"all have the score {targets.Scores[0]}. Is it the right column?"))
                : new CosentLoss(targets);
        }

        float outside = targets.Scores.FirstOrDefault(score => score is < -1 or > 1);
        return outside == 0
            ? new CosineLoss(targets)
            : throw new RunException(
                FormattableString.Invariant($"{source}: a pair has the score {outside}; {Words(kind)} needs ")
                + "scores from -1 to 1, as cosines are. Divide them by the highest, or take cosent, which "
                + "reads their order alone.");
    }

    private static T Named<T>(string option, string word)
        where T : struct, Enum
    {
        T[] known = Enum.GetValues<T>();
        T[] found = [.. known.Where(value => OptionWords.Plain(OptionWords.Of(value)) == OptionWords.Plain(word))];
        return found is [T only]
            ? only
            : throw new ArgumentException($"{option} is '{word}'; expected one of "
                + $"{string.Join(", ", known.Select(value => OptionWords.Of(value).Replace('_', '-')))}.");
    }
}
