using System.Diagnostics;
using OrtTrainer.Runs;

namespace OrtTrainer.Studies;

/// <summary>Tells a study of the events of a run that it shows: notes, and steps a few times a second.</summary>
internal sealed class WorkerProgress(Action<WorkerLine> write) : IProgress<RunEvent>
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(0.2);

    private readonly Stopwatch _sinceLine = new();
    private long _totalSteps;

    public void Report(RunEvent value)
    {
        switch (value)
        {
            case RunEvent.Started started:
                _totalSteps = started.TotalSteps;
                break;
            case RunEvent.Stepped stepped when !_sinceLine.IsRunning || _sinceLine.Elapsed >= Interval:
                write(new WorkerLine { Step = stepped.Report.Step, TotalSteps = _totalSteps });
                _sinceLine.Restart();
                break;
            case RunEvent.Noted noted:
                write(new WorkerLine { Note = noted.Message });
                break;
        }
    }
}
