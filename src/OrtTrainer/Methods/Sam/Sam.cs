using OrtTrainer.Common;
using OrtTrainer.Training;

namespace OrtTrainer.Methods;

/// <summary>
/// Sharpness-aware minimization (Foret et al. 2021): the gradient at <c>w + rho g / |g|</c>, where the loss nearby is
/// worst, with the batch and the dropout of g.
/// </summary>
public sealed record Sam : StepMethod
{
    /// <summary>How far uphill, above 0.</summary>
    [Setting("rho", "how far uphill to look")]
    public double Rho { get; init => field = OptionRange.Above(value, 0); } = 0.05;

    internal override string Word => "sam";

    internal override string StepText => FormattableString.Invariant($"gradient uphill by {Rho}, two passes");

    // The weights before the move.
    internal override int Buffers => 1;

    internal override IGradientSource Wrap(IGradientSource gradients, GradientContext run) =>
        new SharpnessAwareGradients(
            gradients, run.Updates.CreateAscent(run.State.Layout, Rho, eta: null), run.State);
}
