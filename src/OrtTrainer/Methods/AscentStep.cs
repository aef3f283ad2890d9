using OrtTrainer.Runtime.Updates;
using OrtTrainer.Training;

namespace OrtTrainer.Methods;

/// <summary>A step by the gradient at weights uphill from the present ones: the family of SAM. A step costs
/// two.</summary>
public abstract record AscentStep : StepMethod
{
    private protected AscentStep()
    {
    }

    // The weights before the move.
    internal sealed override int Buffers => 1;

    internal sealed override IGradientSource Wrap(IGradientSource gradients, GradientContext run) =>
        new SharpnessAwareGradients(gradients, Ascent(run), run.State.Parameters);

    /// <summary>The way uphill.</summary>
    private protected abstract WeightAscent Ascent(GradientContext run);
}
