using OrtTrainer.Studies;

namespace OrtTrainer.Tests.Studies.Slurm;

/// <summary>Keeps what an engine tells of runs.</summary>
internal sealed class RunWatch(Action<StudyEvent>? act = null) : IRunWatch
{
    /// <summary>Why runs failed, by their folder.</summary>
    public Dictionary<string, string> Failures { get; } = [];

    public List<string> Notes { get; } = [];

    public void Begun(PlannedRun run)
    {
    }

    public void Told(PlannedRun run, WorkerLine line)
    {
    }

    public void Done(PlannedRun run) => Assert.Fail($"{run.Label} was done by nobody");

    public void Failed(PlannedRun run, string reason) => Failures.Add(run.Folder, reason);

    public void Tell(StudyEvent value)
    {
        if (value is StudyEvent.Noted note)
        {
            Notes.Add(note.Message);
        }

        act?.Invoke(value);
    }
}
