using OrtTrainer.Common;

namespace OrtTrainer.Distributed;

/// <summary>This rank failed while others wait for it; the inner exception says how. They must be ended.</summary>
internal sealed class RankLostException : OrtTrainerException
{
    public RankLostException(Exception cause)
        : base(cause.Message, cause)
    {
    }
}
