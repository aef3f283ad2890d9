using OrtTrainer.Common;
using OrtTrainer.Training;

namespace OrtTrainer.Methods;

/// <summary>
/// Adaptive SAM (Kwon et al. 2021), whose neighborhood scales with each weight: the gradient at <c>w + rho T^2 g / |T
/// g|</c> with T = |w| + eta, element by element. T is the same for all parameters, biases and norms included; the
/// authors' code takes 1 for biases.
/// </summary>
public sealed record Asam : StepMethod
{
    /// <summary>How far uphill, in units of the weights' own size, above 0.</summary>
    [Setting("rho", "how far uphill to look")]
    public double Rho { get; init => field = OptionRange.Above(value, 0); } = 0.5;

    /// <summary>What weights near zero count as, 0 or more.</summary>
    [Setting("eta", "what weights near zero count as")]
    public double Eta { get; init => field = OptionRange.AtLeast(value, 0.0); } = 0.01;

    internal override string Word => "asam";

    internal override string StepText =>
        FormattableString.Invariant($"gradient uphill by {Rho} of |w| + {Eta}, two passes");

    // The weights before the move.
    internal override int Buffers => 1;

    internal override IGradientSource Wrap(IGradientSource gradients, GradientContext run) =>
        new SharpnessAwareGradients(
            gradients, run.Updates.CreateAscent(run.State.Layout, Rho, Eta), run.State);
}
