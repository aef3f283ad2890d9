using OrtTrainer.Common;
using OrtTrainer.Training;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Methods;

/// <summary>
/// R-Drop (Liang et al. 2021), two passes with different dropout that are drawn together:
/// <c>(H(q, p1) + H(q, p2)) / 2 + alpha (KL(p1, p2) + KL(p2, p1)) / 2</c>. Every batch is run twice over, so a step's
/// passes cost those of two.
/// </summary>
public sealed record RDrop : LossMethod
{
    /// <summary>Strength of the symmetric divergence, 0 or more.</summary>
    [Setting("alpha", "strength of the divergence between the passes")]
    public double Alpha { get; init => field = OptionRange.AtLeast(value, 0.0); } = 1;

    internal override string Word => "r-drop";

    internal override string NotInFiles => "it compares two passes with different dropout, and they have none";

    internal override string LossText => FormattableString.Invariant($"two passes, symmetric KL times {Alpha}");

    internal override void Require(RunTraits run)
    {
        run.RequireClasses();
        if (run.Dropout == 0)
        {
            throw new ArgumentException($"{nameof(run.Method)} {run.Method} compares two passes with different " +
                $"dropout; with {nameof(run.Dropout)} 0 they are the same.");
        }
    }

    internal override TrainingObjective Objective(LossContext run) =>
        run.Objective(new LabelLoss(), new SymmetricDivergence(Alpha));
}
