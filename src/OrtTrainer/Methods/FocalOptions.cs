using OrtTrainer.Common;

namespace OrtTrainer.Methods;

/// <summary>Settings of <see cref="ObjectiveKind.Focal"/>: <c>-(1 - p_y)^gamma log p_y</c>.</summary>
public sealed record FocalOptions
{
    /// <summary>How fast the loss fades, 0 or more; 0 is cross-entropy.</summary>
    public double Gamma { get; init => field = OptionRange.AtLeast(value, 0.0); } = 2;
}
