using OrtTrainer.Common;
using OrtTrainer.Training;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Methods;

/// <summary>Cross-entropy less a share of the output's entropy (Pereyra et al. 2017): <c>H(q, p) - beta
/// H(p)</c>.</summary>
public sealed record ConfidencePenalty : LossMethod
{
    /// <summary>Strength of the penalty, 0 or more.</summary>
    [Setting("beta", "strength of the penalty on confidence")]
    public double Beta { get; init => field = OptionRange.AtLeast(value, 0.0); } = 0.1;

    internal override string Word => "confidence-penalty";

    internal override string LossText => FormattableString.Invariant($"labels less {Beta} of the entropy");

    internal override void Require(RunTraits run) => run.RequireClasses();

    internal override TrainingObjective Objective(LossContext run) =>
        run.Objective(new LabelLoss(), new NegativeEntropy(Beta));
}
