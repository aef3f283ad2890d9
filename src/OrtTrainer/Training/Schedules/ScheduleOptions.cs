using OrtTrainer.Common;

namespace OrtTrainer.Training.Schedules;

/// <summary>A learning-rate curve by name and numbers, as a run resolves it.</summary>
internal sealed record ScheduleOptions
{
    /// <summary>The curve.</summary>
    public ScheduleKind Kind { get; init; } = ScheduleKind.Linear;

    /// <summary>The highest rate, 0 or more.</summary>
    public double LearningRate { get; init => field = OptionRange.AtLeast(value, 0.0); } = 5e-5;

    /// <summary>
    /// Steps over which the rate rises from 0, 0 or more; <see cref="ScheduleKind.Constant"/> has none.
    /// </summary>
    public long WarmupSteps { get; init => field = OptionRange.AtLeast(value, 0); }

    /// <summary>Optimizer steps of the whole run, warm-up included; 1 or more.</summary>
    public long TotalSteps { get; init => field = OptionRange.AtLeast(value, 1); } = 1;

    /// <summary>
    /// Cosine cycles, above 0; null: half a cycle, or one fall with restarts (which need a whole number).
    /// </summary>
    public double? Cycles { get; init => field = value is { } given ? OptionRange.Above(given, 0) : null; }

    /// <summary>Power of the polynomial curve, above 0.</summary>
    public double Power { get; init => field = OptionRange.Above(value, 0); } = 1;

    /// <summary>Rate at the end of the polynomial curve, 0 or more and below the learning rate.</summary>
    public double EndRate { get; init => field = OptionRange.AtLeast(value, 0.0); } = 1e-7;

    /// <summary>
    /// Steps after which the inverse square root falls slower; null: the warm-up steps, or 10 000 without.
    /// </summary>
    public long? Timescale { get; init => field = value is { } given ? OptionRange.AtLeast(given, 1) : null; }

    /// <summary>The curve with these numbers.</summary>
    /// <exception cref="ArgumentException">Numbers that do not go together; the message names them.</exception>
    public LearningRateSchedule Build() => Kind switch
    {
        ScheduleKind.Constant => new ConstantSchedule(LearningRate),
        ScheduleKind.ConstantWithWarmup => new ConstantSchedule(LearningRate, WarmupSteps),
        ScheduleKind.Linear => new LinearSchedule(LearningRate, WarmupSteps, TotalSteps),
        ScheduleKind.Cosine => new CosineSchedule(LearningRate, WarmupSteps, TotalSteps, Cycles ?? 0.5),
        ScheduleKind.CosineWithRestarts =>
            new CosineRestartSchedule(LearningRate, WarmupSteps, TotalSteps, WholeCycles()),
        ScheduleKind.Polynomial => new PolynomialSchedule(LearningRate, WarmupSteps, TotalSteps, Power, EndRate),
        ScheduleKind.InverseSqrt => new InverseSquareRootSchedule(LearningRate, WarmupSteps, Timescale),
        _ => throw new ArgumentOutOfRangeException(nameof(Kind), Kind, $"{nameof(Kind)} {Kind} is not a schedule."),
    };

    private int WholeCycles() => Cycles is not { } cycles
        ? 1
        : cycles == Math.Floor(cycles)
            ? (int)cycles
            : throw new ArgumentException($"{nameof(Cycles)} is {cycles}; cosine_with_restarts needs a whole number.");

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
