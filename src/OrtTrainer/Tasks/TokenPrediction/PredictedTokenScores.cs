using OrtTrainer.Evaluation;

namespace OrtTrainer.Tasks.TokenPrediction;

/// <summary>How a model predicts the tokens of each example that it is asked for.</summary>
/// <param name="scores">A score per example, [N].</param>
internal sealed class PredictedTokenScores(PredictedTokenScore[] scores) : EvaluatedExamples
{
    /// <summary>Of texts whose tokens are all predicted from those before them.</summary>
    public static IReadOnlyList<Metric> Metrics { get; } =
    [
        new ExamplesMetric<PredictedTokenScores>("nll", scores => scores.Loss) { HigherIsBetter = false },
        new ExamplesMetric<PredictedTokenScores>("perplexity", scores => scores.Perplexity) { HigherIsBetter = false },
        new ExamplesMetric<PredictedTokenScores>("accuracy", scores => scores.Accuracy),
    ];

    /// <inheritdoc/>
    public override int Count => scores.Length;

    /// <summary>The scores, [N].</summary>
    public IReadOnlyList<PredictedTokenScore> Scores => scores;

    /// <summary>The mean cross-entropy of a token, in nats.</summary>
    public double Loss => scores.Sum(score => score.Loss) / Tokens;

    /// <summary>e to the power of <see cref="Loss"/>: as uncertain as among so many equally likely tokens.</summary>
    public double Perplexity => Math.Exp(Loss);

    /// <summary>The share of tokens that are the most probable one.</summary>
    public double Accuracy => scores.Sum(score => (long)score.Right) / Tokens;

    private double Tokens => scores.Sum(score => (long)score.Tokens);

    /// <inheritdoc/>
    public override EvaluatedExamples Select(ReadOnlySpan<int> indices) =>
        new PredictedTokenScores(SelectRows(scores, 1, indices));
}

/// <summary>How a model predicts those of one example.</summary>
/// <param name="Loss">The sum of their cross-entropies, in nats.</param>
/// <param name="Right">How many are the most probable token.</param>
/// <param name="Tokens">How many there are.</param>
internal readonly record struct PredictedTokenScore(double Loss, int Right, int Tokens);
