using OrtTrainer.Common;

namespace OrtTrainer.Distributed;

/// <summary>Another rank ends the run and says why; this one is to end without a word.</summary>
internal sealed class RankStoppedException : OrtTrainerException
{
    public RankStoppedException()
        : base("Another rank ended the run; its message says why.")
    {
    }
}
