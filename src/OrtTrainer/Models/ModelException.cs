using OrtTrainer.Common;

namespace OrtTrainer.Models;

/// <summary>A model folder cannot be used; the message names the file and field or tensor, and what to do.</summary>
public sealed class ModelException : OrtTrainerException
{
    internal ModelException(string message)
        : base(message)
    {
    }

    internal ModelException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
