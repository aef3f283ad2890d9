using OrtTrainer.Common;

namespace OrtTrainer.Methods;

/// <summary>
/// Settings of <see cref="ObjectiveKind.Distillation"/> and <see cref="ObjectiveKind.SelfDistillation"/>:
/// <c>(1 - alpha) H(q, p) + alpha D(p^teacher_T, p_T)</c>, times T^2 in the second part.
/// </summary>
public sealed record DistillationOptions
{
    /// <summary>Share of the teacher, in [0, 1].</summary>
    public double Alpha { get; init => field = OptionRange.Between(value, 0, 1); } = 0.9;

    /// <summary>T, above 0: divides the logits of both.</summary>
    public double Temperature { get; init => field = OptionRange.Above(value, 0); } = 2;

    /// <summary>Multiplies the teacher's part by T^2, so that its gradient keeps its size whatever T is.</summary>
    public bool TemperatureSquared { get; init; } = true;

    /// <summary>D.</summary>
    public DistillationLoss Loss { get; init => field = OptionRange.Defined(value); }
}
