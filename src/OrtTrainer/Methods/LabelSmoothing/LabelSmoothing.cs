using OrtTrainer.Common;
using OrtTrainer.Training;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Methods;

/// <summary>Label smoothing: cross-entropy against labels that give a share to the other classes.</summary>
public sealed record LabelSmoothing : LossMethod
{
    /// <summary>The share taken from the label, in [0, 1).</summary>
    [Setting("epsilon", "share taken from the label")]
    public double Epsilon { get; init => field = OptionRange.Below(value, 0, 1); } = 0.1;

    /// <summary>Who gets it.</summary>
    [Setting("smoothing", "who gets it: uniform, all classes, or others, all but the label's")]
    public SmoothingConvention Convention { get; init => field = OptionRange.Defined(value); }

    internal override string Word => "label-smoothing";

    internal override string LossText =>
        FormattableString.Invariant($"smoothing {Epsilon} ({OptionWords.Of(Convention)})");

    internal override void Require(RunTraits run) => run.RequireClasses();

    internal override TrainingObjective Objective(LossContext run) =>
        run.Smoothed(new SmoothedLabels(Epsilon, SparesLabel: Convention == SmoothingConvention.Others));
}
