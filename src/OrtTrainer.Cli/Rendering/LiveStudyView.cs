using OrtTrainer.Studies;
using Spectre.Console;

namespace OrtTrainer.Cli.Rendering;

/// <summary>
/// A study for a person who watches: a bar for the whole and one for each run under way, and lines above them for what
/// stays.
/// </summary>
internal sealed class LiveStudyView : IStudyView
{
    // A cluster may have more runs under way than a screen has lines.
    private const int MostBars = 16;

    // Room is kept for this many steps, before it is known how many a run has.
    private const int MostSteps = 99_999;

    private readonly Terminal _terminal;
    private readonly IAnsiConsole _console;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<string, ProgressTask> _bars = [];
    private Task _drawing = Task.CompletedTask;
    private ProgressContext? _context;
    private ProgressTask? _whole;
    private int _runs;

    public LiveStudyView(Terminal terminal) => (_terminal, _console) = (terminal, terminal.CreateConsole());

    public void Report(StudyEvent value)
    {
        switch (value)
        {
            case StudyEvent.Started e:
                _runs = e.Runs;
                _terminal.WriteLines([StudyLines.Of(e, _runs)!]);
                Begin(e);
                return;
            case StudyEvent.Queued e:
                _whole!.Description = Markup.Escape($"runs: {StudyLines.Queue(e)}");
                return;
            case StudyEvent.RunStarted e when _bars.Count < MostBars:
                _bars[e.Folder] = _context!.AddTask(Markup.Escape(Shortened(e.Label))).IsIndeterminate();
                break;
            case StudyEvent.RunStepped e when _bars.TryGetValue(e.Folder, out ProgressTask? bar):
                bar.IsIndeterminate = false;
                bar.MaxValue = e.TotalSteps;
                bar.Value = e.Step;
                break;
            case StudyEvent.RunDone e:
                _whole!.Value = e.Done;
                Remove(e.Folder);
                break;
            case StudyEvent.RunFailed e:
                Remove(e.Folder);
                break;
        }

        if (StudyLines.Of(value, _runs) is { } line)
        {
            _console.Write(new LinesAbove(line));
        }
    }

    public async Task FinishedAsync(StudyResults results, string folder)
    {
        await DisposeAsync();
        _terminal.Out.WriteLine();
        _terminal.WriteLines(StudyLines.End(results, folder));
    }

    public async Task InterruptedAsync(string command)
    {
        await DisposeAsync();
        _terminal.WriteLines(StudyLines.Interruption(command));
    }

    public async ValueTask DisposeAsync()
    {
        _ended.TrySetResult();
        await _drawing;
    }

    private void Begin(StudyEvent.Started started)
    {
        TaskCompletionSource drawn = new();
        _drawing = _console.Progress().AutoClear(true).HideCompleted(true)
            .Columns(
                new ProgressBarColumn { Width = BarWidth.Of(_terminal.Width) },
                new StepsColumn(),
                new TaskDescriptionColumn { Alignment = Justify.Left })
            .StartAsync(context =>
            {
                _context = context;
                _whole = context.AddTask("runs", maxValue: started.Runs);
                _whole.Value = started.Done;
                drawn.SetResult();
                return _ended.Task;
            });
        drawn.Task.Wait();
    }

    /// <summary>The end of a label, which tells runs apart, where there is no room for more beside a bar.</summary>
    private string Shortened(string label)
    {
        int taken = BarWidth.Of(_terminal.Width) + BarWidth.OfSteps(MostSteps) + BarWidth.Gaps;
        int room = Math.Max(1, _terminal.Width - taken);
        return label.Length <= room ? label : "…" + label[^(room - 1)..];
    }

    private void Remove(string folder)
    {
        if (_bars.Remove(folder, out ProgressTask? bar))
        {
            // Completed bars are hidden.
            bar.Value = bar.MaxValue;
            bar.StopTask();
        }
    }
}
