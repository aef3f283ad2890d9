using OrtTrainer.Common;

namespace OrtTrainer.Training.Averaging;

/// <summary>An exponential moving average with a constant decay.</summary>
internal sealed record ExponentialDecay : AveragingRule
{
    /// <summary>Share of the old average kept at each update, in [0, 1).</summary>
    public double Decay { get; init => field = OptionRange.Below(value, 0, 1); } = 0.999;

    /// <inheritdoc/>
    public override string Formula => FormattableString.Invariant($"average += {1 - Decay} (weights - average)");

    /// <inheritdoc/>
    protected override double Share(long count) => 1 - Decay;
}
