using OrtTrainer.Common;
using OrtTrainer.Training;
using OrtTrainer.Training.Loss;
using OrtTrainer.Training.Schedules;

namespace OrtTrainer.Methods;

/// <summary>
/// Annealing distillation (Jafari et al. 2021): first the squared error to the teacher's logits times t / T_max, t =
/// 1..T_max in equal shares of the steps, then the labels alone.
/// </summary>
public sealed record AnnealingDistillation : TeacherLossMethod
{
    /// <summary>T_max: in how many stages the teacher's logits grow to their full size, 1 or more.</summary>
    [Setting("max-temperature", "in how many stages the teacher's logits grow to their full size")]
    public int MaxTemperature { get; init => field = (int)OptionRange.AtLeast((long)value, 1); } = 7;

    /// <summary>Share of the steps that learn from the teacher, in (0, 1).</summary>
    [Setting("teacher-share", "share of the steps that learn from the teacher")]
    public double TeacherShare { get; init => field = OptionRange.Inside(value, 0, 1); } = 0.5;

    internal override string Word => "annealing-distillation";

    internal override string NotInFiles => "its loss changes from step to step, and theirs is fixed";

    internal override string LossText => FormattableString.Invariant(
        $"teacher's logits, growing in {MaxTemperature} stages over {TeacherShare:0.##%} of training, then labels");

    internal override void Require(RunTraits run)
    {
        base.Require(run);
        foreach (MethodPart part in run.Method.Parts)
        {
            // An average that forgets holds no weights from before the labels in the end.
            if (part.Averaging is { Window: null } averaging && averaging.Start < TeacherShare)
            {
                throw new ArgumentException(FormattableString.Invariant(
                    $"{nameof(run.Method)} {run.Method}: {part.Word} averages from {averaging.Start} of the steps on, ")
                    + FormattableString.Invariant($"but the labels count only after {TeacherShare} of them; expected ")
                    + "at least that. Take swa with a later start, lawa, or no average.");
            }
        }
    }

    internal override TrainingObjective Objective(LossContext run)
    {
        long teacherSteps = Math.Max(1, RunLength.StepsOf(TeacherShare, run.TotalSteps));
        return run.Objective(
            new LabelLoss(step => step < teacherSteps ? 0 : 1),
            run.TeacherError(
                step => step < teacherSteps ? 1 : 0,
                step => Math.Min((step * MaxTemperature / teacherSteps) + 1, MaxTemperature) / (float)MaxTemperature));
    }
}
