using OrtTrainer.Runs;

namespace OrtTrainer.Studies;

/// <summary>Passes the events of a run on, and stops the run where it is evaluated at a step or after it.</summary>
/// <param name="next">Told of every event.</param>
/// <param name="until">The step; null for never.</param>
/// <param name="pause">Ends the run after its current step.</param>
internal sealed class PausingProgress(IProgress<RunEvent> next, long? until, CancellationTokenSource pause)
    : IProgress<RunEvent>
{
    /// <summary>Whether it was stopped by this.</summary>
    public bool HasPaused { get; private set; }

    /// <inheritdoc/>
    public void Report(RunEvent value)
    {
        next.Report(value);
        if (value is RunEvent.Evaluated evaluated && evaluated.Point.Step >= until)
        {
            HasPaused = true;
            pause.Cancel();
        }
    }
}
