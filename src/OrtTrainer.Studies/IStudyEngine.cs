namespace OrtTrainer.Studies;

/// <summary>Where the runs of a study are done: on this machine, or on the nodes of a cluster.</summary>
internal interface IStudyEngine
{
    /// <summary>What does the runs, for a person; null for this machine.</summary>
    string? Title { get; }

    /// <summary>Runs side by side on this machine; 1 where others decide.</summary>
    int Jobs { get; }

    /// <summary>Threads of each run.</summary>
    int Threads { get; }

    /// <summary>Does runs. One that fails is told of, and the others go on.</summary>
    /// <param name="runs">None of them done, in the order in which to begin them.</param>
    /// <param name="watch">Told what becomes of each.</param>
    /// <param name="cancellation">Ends all runs after their current step, with checkpoints to go on from.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="StudyException">There is nothing to do runs with; the message says why.</exception>
    Task RunAsync(IReadOnlyList<PlannedRun> runs, IRunWatch watch, CancellationToken cancellation);
}
