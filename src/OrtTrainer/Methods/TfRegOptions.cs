using OrtTrainer.Common;

namespace OrtTrainer.Methods;

/// <summary>
/// Settings of <see cref="ObjectiveKind.TfReg"/>: <c>(1 - alpha) H(q, p) + alpha D(p_d, p)</c>, where the made-up
/// teacher p_d gives <see cref="Confidence"/> to the label and the rest to the other classes alike.
/// </summary>
public sealed record TfRegOptions
{
    /// <summary>Share of the made-up teacher, in [0, 1].</summary>
    public double Alpha { get; init => field = OptionRange.Between(value, 0, 1); } = 0.5;

    /// <summary>What the made-up teacher gives to the label (A), from 0.9 to below 1.</summary>
    public double Confidence { get; init => field = OptionRange.Below(value, 0.9, 1); } = 0.9;

    /// <summary>
    /// Null: D is the cross-entropy H(p_d, p). A temperature above 0: D is the divergence KL(p_d, p) with both sides
    /// tempered by it.
    /// </summary>
    public double? Temperature { get; init => field = value is { } t ? OptionRange.Above(t, 0) : null; }

    /// <summary>Multiplies the made-up teacher's part by the square of <see cref="Temperature"/>.</summary>
    public bool TemperatureSquared { get; init; }
}
