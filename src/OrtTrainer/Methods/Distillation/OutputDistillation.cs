using OrtTrainer.Common;
using OrtTrainer.Training;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Methods;

/// <summary>
/// <c>(1 - alpha) H(q, p) + alpha D(p^teacher_T, p_T)</c>, times T^2 in the second part, whoever the teacher is.
/// </summary>
public abstract record OutputDistillation : TeacherLossMethod
{
    private protected OutputDistillation()
    {
    }

    /// <summary>Share of the teacher, in [0, 1].</summary>
    [Setting("alpha", "share of the teacher")]
    public double Alpha { get; init => field = OptionRange.Between(value, 0, 1); } = 0.9;

    /// <summary>T, above 0: divides the logits of both.</summary>
    [Setting("temperature", "divides the logits of teacher and student")]
    public double Temperature { get; init => field = OptionRange.Above(value, 0); } = 2;

    /// <summary>Multiplies the teacher's part by T^2, so that its gradient keeps its size whatever T is.</summary>
    [Setting("temperature-squared", "yes or no: multiply the teacher's part by T^2")]
    public bool TemperatureSquared { get; init; } = true;

    /// <summary>D.</summary>
    [Setting("distillation-loss", "kullback-leibler, soft-cross-entropy or logit-error")]
    public DistillationLoss Loss { get; init => field = OptionRange.Defined(value); }

    internal override string LossText => FormattableString.Invariant($"teacher's share {Alpha}, ")
        + (Loss == DistillationLoss.LogitError
            ? "squared error of the logits"
            : FormattableString.Invariant($"{OptionWords.Of(Loss)} at temperature {Temperature}")
                + Squared(TemperatureSquared));

    internal override TrainingObjective Objective(LossContext run) => run.Objective(
        new LabelLoss(1 - (float)Alpha),
        Distance(run, Loss, Temperature, TemperatureSquared, Alpha));
}
