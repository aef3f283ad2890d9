using OrtTrainer.Common;
using OrtTrainer.Training.Averaging;

namespace OrtTrainer.Methods;

/// <summary>An exponential moving average of the weights.</summary>
public sealed record Ema : AveragingMethod
{
    /// <summary>Share of the old average that is kept per step, in [0, 1).</summary>
    [Setting("ema-decay", "share of the old average kept per step")]
    public double Decay { get; init => field = OptionRange.Below(value, 0, 1); } = 0.999;

    internal override string Word => "ema";

    internal override AveragingScheme Averaging =>
        new((device, layout) => new WeightAverage(device, layout, new ExponentialDecay { Decay = Decay }));

    internal override string AveragingText => FormattableString.Invariant($" with decay {Decay}");
}
