using MathNet.Numerics;

namespace OrtTrainer.Studies.Statistics;

/// <summary>
/// McNemar's exact test (1947) of two models on the same examples: that either is as likely to be the only one that is
/// right. Examples that both or neither get right say nothing about it.
/// </summary>
/// <param name="OnlyFirst">Examples that the first model alone gets right.</param>
/// <param name="OnlySecond">Examples that the second model alone gets right.</param>
/// <param name="P">Two-sided binomial probability of a division as uneven.</param>
/// <param name="Note">What is special about it; null for an ordinary test.</param>
internal sealed record McNemar(int OnlyFirst, int OnlySecond, double P, string? Note = null)
{
    /// <summary>Tests counts, both 0 or more.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative.</exception>
    public static McNemar Of(int onlyFirst, int onlySecond)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(onlyFirst);
        ArgumentOutOfRangeException.ThrowIfNegative(onlySecond);
        (int fewer, int more) = (Math.Min(onlyFirst, onlySecond), Math.Max(onlyFirst, onlySecond));
        if (fewer == more)
        {
            string? note = more == 0 ? "the models are right on the same examples" : null;
            return new(onlyFirst, onlySecond, 1, note);
        }

        // P(X <= k) of n fair throws is the incomplete beta function I_1/2(n - k, k + 1).
        double tail = SpecialFunctions.BetaRegularized(more, fewer + 1, 0.5);
        return new(onlyFirst, onlySecond, Math.Min(1, 2 * tail));
    }
}
