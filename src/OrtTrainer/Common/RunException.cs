namespace OrtTrainer.Common;

/// <summary>
/// A model cannot be used, or a run cannot start or go on; the message says what stands in the way and what to do.
/// </summary>
public class RunException : OrtTrainerException
{
    internal RunException(string message)
        : base(message)
    {
    }

    internal RunException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
