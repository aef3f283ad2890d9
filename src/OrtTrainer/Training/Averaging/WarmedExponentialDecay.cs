using OrtTrainer.Common;

namespace OrtTrainer.Training.Averaging;

/// <summary>
/// An exponential moving average that forgets its beginnings: after n updates its decay is
/// <c>min(maximum, 1 - (1 + n / gamma)^-power)</c> (as in timm's <c>ModelEmaV3</c>, after Crowson).
/// </summary>
internal sealed record WarmedExponentialDecay : AveragingRule
{
    /// <summary>The largest decay, in [0, 1).</summary>
    public double Maximum { get; init => field = OptionRange.Below(value, 0, 1); } = 0.9999;

    /// <summary>Updates over which the decay rises, above 0.</summary>
    public double Gamma { get; init => field = OptionRange.Above(value, 0); } = 1;

    /// <summary>How fast the decay nears 1, above 0; 2/3 for long runs, 3/4 for short ones.</summary>
    public double Power { get; init => field = OptionRange.Above(value, 0); } = 2.0 / 3;

    /// <inheritdoc/>
    public override string Formula => FormattableString.Invariant(
        $"average += max(1 - {Maximum}, (1 + count / {Gamma})^-{Power}) (weights - average)");

    /// <inheritdoc/>
    protected override double Share(long count) =>
        1 - Math.Min(Maximum, 1 - Math.Pow(1 + (count / Gamma), -Power));
}
