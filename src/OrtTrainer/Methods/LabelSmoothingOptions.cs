using OrtTrainer.Common;

namespace OrtTrainer.Methods;

/// <summary>Settings of <see cref="ObjectiveKind.LabelSmoothing"/>.</summary>
public sealed record LabelSmoothingOptions
{
    /// <summary>The share taken from the label, in [0, 1).</summary>
    public double Epsilon { get; init => field = OptionRange.Below(value, 0, 1); } = 0.1;

    /// <summary>Who gets it.</summary>
    public SmoothingConvention Convention { get; init => field = OptionRange.Defined(value); }
}
