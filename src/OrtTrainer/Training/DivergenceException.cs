using OrtTrainer.Common;

namespace OrtTrainer.Training;

/// <summary>The loss or the gradients of a step are not finite; the weights are those before the step.</summary>
internal sealed class DivergenceException : RunException
{
    public DivergenceException(string message)
        : base(message)
    {
    }
}
