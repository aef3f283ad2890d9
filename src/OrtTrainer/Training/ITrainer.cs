using OrtTrainer.Common;

namespace OrtTrainer.Training;

/// <summary>Takes the optimizer steps of a run.</summary>
internal interface ITrainer : IDisposable
{
    /// <summary>Makes ready for the next step, after weights are loaded or restored.</summary>
    /// <param name="folder">Where files that steps need may lie; made if it is absent.</param>
    void Begin(string folder)
    {
    }

    /// <summary>Does the next step.</summary>
    /// <exception cref="RunException">The loss or the gradients are not finite; the weights are still those before
    /// the step.</exception>
    StepReport Step();

    /// <summary>Leaves what is to stay of the last step's files; no step follows.</summary>
    void End()
    {
    }
}
