namespace OrtTrainer.Studies.Slurm;

/// <summary>What a job says of its run.</summary>
internal enum JobPhase
{
    /// <summary>It is under way.</summary>
    Running,

    /// <summary>Told to end, it saved a checkpoint.</summary>
    Stopped,

    /// <summary>It came to its end.</summary>
    Done,

    /// <summary>It failed.</summary>
    Failed,
}
