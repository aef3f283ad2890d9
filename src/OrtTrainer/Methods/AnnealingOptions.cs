using OrtTrainer.Common;

namespace OrtTrainer.Methods;

/// <summary>
/// Settings of <see cref="ObjectiveKind.AnnealingDistillation"/> (Jafari et al. 2021): first the squared error to the
/// teacher's logits times t / T_max, t = 1..T_max in equal shares of the steps, then the labels alone.
/// </summary>
public sealed record AnnealingOptions
{
    /// <summary>T_max: how many times the teacher is made louder, 1 or more.</summary>
    public int MaxTemperature { get; init => field = (int)OptionRange.AtLeast((long)value, 1); } = 7;

    /// <summary>Share of the steps that learn from the teacher, in (0, 1).</summary>
    public double TeacherShare { get; init => field = OptionRange.Inside(value, 0, 1); } = 0.5;
}
