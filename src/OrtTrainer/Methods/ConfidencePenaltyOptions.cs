using OrtTrainer.Common;

namespace OrtTrainer.Methods;

/// <summary>Settings of <see cref="ObjectiveKind.ConfidencePenalty"/>: <c>H(q, p) - beta H(p)</c>.</summary>
public sealed record ConfidencePenaltyOptions
{
    /// <summary>Strength of the penalty, 0 or more.</summary>
    public double Beta { get; init => field = OptionRange.AtLeast(value, 0.0); } = 0.1;
}
