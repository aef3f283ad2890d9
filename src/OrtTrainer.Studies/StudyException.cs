using OrtTrainer.Common;

namespace OrtTrainer.Studies;

/// <summary>A study cannot start or go on; the message says what stands in the way, where, and what to do.</summary>
public sealed class StudyException : OrtTrainerException
{
    public StudyException(string message)
        : base(message)
    {
    }

    public StudyException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
