namespace OrtTrainer.Studies.Tuning;

/// <summary>How far a trial is.</summary>
internal enum TrialStatus
{
    /// <summary>It was begun, and is to go on to where it pauses.</summary>
    Running,

    /// <summary>It waits at a rung.</summary>
    Paused,

    /// <summary>It came to its end.</summary>
    Done,

    /// <summary>It ended with an error, such as a loss that is no number.</summary>
    Failed,
}
