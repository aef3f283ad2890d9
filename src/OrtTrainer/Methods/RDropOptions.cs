using OrtTrainer.Common;

namespace OrtTrainer.Methods;

/// <summary>
/// Settings of <see cref="ObjectiveKind.RDrop"/>:
/// <c>(H(q, p1) + H(q, p2)) / 2 + alpha (KL(p1, p2) + KL(p2, p1)) / 2</c>. Every batch is run twice over, so a step's
/// passes cost those of two.
/// </summary>
public sealed record RDropOptions
{
    /// <summary>Strength of the agreement, 0 or more.</summary>
    public double Alpha { get; init => field = OptionRange.AtLeast(value, 0.0); } = 1;
}
