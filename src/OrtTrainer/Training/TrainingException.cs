using OrtTrainer.Common;

namespace OrtTrainer.Training;

/// <summary>Training cannot go on; the message says at which step, what was found and what to try.</summary>
public sealed class TrainingException : OrtTrainerException
{
    internal TrainingException(string message)
        : base(message)
    {
    }
}
