using OrtTrainer.Common;
using OrtTrainer.Training;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Methods;

/// <summary>
/// Teacher-free regularization (Yuan et al. 2020): <c>(1 - alpha) H(q, p) + alpha D(p_d, p)</c>, where the virtual
/// teacher p_d gives <see cref="Confidence"/> to the label and the rest to the other classes alike.
/// </summary>
public sealed record TfReg : LossMethod
{
    /// <summary>Share of the virtual teacher, in [0, 1].</summary>
    [Setting("alpha", "share of the teacher")]
    public double Alpha { get; init => field = OptionRange.Between(value, 0, 1); } = 0.5;

    /// <summary>What the virtual teacher gives to the label (A), from 0.9 to below 1.</summary>
    [Setting("confidence", "what the virtual teacher gives to the label")]
    public double Confidence { get; init => field = OptionRange.Below(value, 0.9, 1); } = 0.9;

    /// <summary>
    /// Null: D is the cross-entropy H(p_d, p). A temperature above 0: D is the divergence KL(p_d, p) with both sides
    /// tempered by it.
    /// </summary>
    [Setting("temperature", "divides the logits of teacher and student", Default = "none")]
    public double? Temperature { get; init => field = value is { } t ? OptionRange.Above(t, 0) : null; }

    /// <summary>Multiplies the virtual teacher's part by the square of <see cref="Temperature"/>.</summary>
    [Setting("temperature-squared", "yes or no: multiply the teacher's part by T^2")]
    public bool TemperatureSquared { get; init; }

    internal override string Word => "tf-reg";

    internal override string LossText =>
        FormattableString.Invariant($"virtual teacher {Confidence} on the label, share {Alpha}")
        + (Temperature is { } t
            ? FormattableString.Invariant($", temperature {t}{TeacherLossMethod.Squared(TemperatureSquared)}")
            : ", no temperature");

    internal override void Require(RunTraits run) => run.RequireClasses();

    internal override TrainingObjective Objective(LossContext run) => run.Objective(
        new LabelLoss(1 - Alpha),
        run.VirtualTeacher(
            new SmoothedLabels(1 - Confidence, SparesLabel: true, Temperature ?? 1),
            divergence: Temperature is not null,
            Alpha * (TemperatureSquared && Temperature is { } t ? t * t : 1)));
}
