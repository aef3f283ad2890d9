using OrtTrainer.Common;
using OrtTrainer.Training;

namespace OrtTrainer.Methods;

/// <summary>The focal loss (Lin et al. 2017), which counts examples less that are already right:
/// <c>-(1 - p_y)^gamma log p_y</c>.</summary>
public sealed record Focal : LossMethod
{
    /// <summary>The exponent of the modulating factor, 0 or more; 0 is cross-entropy.</summary>
    [Setting("gamma", "exponent of the modulating factor")]
    public double Gamma { get; init => field = OptionRange.AtLeast(value, 0.0); } = 2;

    internal override string Word => "focal";

    internal override string LossText =>
        FormattableString.Invariant($"labels, modulating factor with gamma {Gamma}");

    internal override void Require(RunTraits run) => run.RequireClasses();

    internal override TrainingObjective Objective(LossContext run) => run.Objective(new FocalLoss(Gamma));
}
