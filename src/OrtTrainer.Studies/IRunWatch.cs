namespace OrtTrainer.Studies;

/// <summary>Told by an engine what becomes of runs, on any thread. Every run that has begun ends once.</summary>
internal interface IRunWatch
{
    /// <summary>A run begins or goes on.</summary>
    void Begun(PlannedRun run);

    /// <summary>A run did some steps, or has a note.</summary>
    void Told(PlannedRun run, WorkerLine line);

    /// <summary>A run came to its end; its folder has all files.</summary>
    void Done(PlannedRun run);

    /// <summary>A run ended otherwise.</summary>
    /// <param name="run">The run.</param>
    /// <param name="reason">Why, for a person.</param>
    void Failed(PlannedRun run, string reason);

    /// <summary>Something happened that is about no run alone.</summary>
    void Tell(StudyEvent value);
}
