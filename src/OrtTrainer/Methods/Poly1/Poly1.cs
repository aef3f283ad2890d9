using OrtTrainer.Common;
using OrtTrainer.Training;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Methods;

/// <summary>
/// Poly-1 (Leng et al. 2022, equation 4): cross-entropy with another weight of the first term of its expansion in
/// powers of 1 - p_y, <c>-log p_y + epsilon (1 - p_y)</c>.
/// </summary>
public sealed record Poly1 : LossMethod
{
    /// <summary>What is added to the weight of 1 - p_y, which is 1 in cross-entropy; -1 or more, 0 for
    /// cross-entropy.</summary>
    [Setting("epsilon", "what is added to the weight of 1 - p in cross-entropy")]
    public double Epsilon { get; init => field = OptionRange.AtLeast(value, -1.0); } = 1;

    internal override string Word => "poly-1";

    internal override string LossText => FormattableString.Invariant($"cross-entropy plus {Epsilon} (1 - p)");

    internal override void Require(RunTraits run) => run.RequireClasses();

    internal override TrainingObjective Objective(LossContext run) =>
        run.Objective(new LabelLoss(), new MissLoss(Epsilon));
}
