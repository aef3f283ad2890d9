using OrtTrainer.Common;

namespace OrtTrainer.Studies;

/// <summary>A study cannot start or go on; the message says what stands in the way, where, and what to do.</summary>
public sealed class StudyException : OrtTrainerException
{
    internal StudyException(string message)
        : base(message)
    {
    }

    internal StudyException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>Whether the same may work later, without a change to the study.</summary>
    internal bool MayPass { get; init; }
}
