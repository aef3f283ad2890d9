using OrtTrainer.Options;
using OrtTrainer.Runs;
using Spectre.Console;

namespace OrtTrainer.Cli.Rendering;

/// <summary>A run for a person who watches: a bar that moves, and above it a table of what stays.</summary>
internal sealed class LiveRunView : IRunView
{
    private readonly Terminal _terminal;
    private readonly IAnsiConsole _console;
    private readonly FineTuneOptions _options;
    private readonly RunReadings _readings = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _drawing = Task.CompletedTask;
    private ProgressTask? _bar;
    private TrainingTable? _table;

    public LiveRunView(Terminal terminal, FineTuneOptions options)
    {
        _terminal = terminal;
        _console = terminal.CreateConsole();
        _options = options;
    }

    public void Report(RunEvent value)
    {
        switch (value)
        {
            case RunEvent.Taught { Done: var done, Total: var total } taught when done == total:
                Write(RunLines.Taught(taught));
                break;
            case RunEvent.Started started:
                Begin(started);
                break;
            case RunEvent.Stepped stepped:
                _readings.Last = stepped;
                _table!.Add(stepped);
                _bar!.Value = stepped.Report.Step;
                break;
            case RunEvent.Evaluated evaluated:
                Write(string.Join('\n', _table!.EvaluationRow(evaluated)));
                break;
            case RunEvent.Noted noted:
                Write($"note: {noted.Message}");
                break;
            case RunEvent.Finished finished:
                End();
                RunResult.Print(finished.Summary, _terminal);
                break;
        }
    }

    public async Task InterruptedAsync(string verb, string? output)
    {
        await DisposeAsync();
        _terminal.WriteLines(RunLines.Interruption(verb, output));
    }

    public ValueTask DisposeAsync()
    {
        End();
        return ValueTask.CompletedTask;
    }

    private void Begin(RunEvent.Started facts)
    {
        _terminal.WriteLines(RunHeader.Lines(facts, _options).Append(""));
        _table = new TrainingTable(_terminal.Width, _options, facts);
        int bar = BarWidth.Of(_terminal.Width);
        int readings = _terminal.Width - bar - BarWidth.OfSteps(facts.TotalSteps) - BarWidth.Gaps;
        TaskCompletionSource drawn = new();
        _drawing = _console.Progress().AutoClear(true).HideCompleted(false)
            .Columns(new ProgressBarColumn { Width = bar }, new StepsColumn(), new ReadingsColumn(_readings, readings))
            .StartAsync(context =>
            {
                _bar = context.AddTask("training", maxValue: facts.TotalSteps);
                _bar.Value = facts.StartStep;
                drawn.SetResult();
                return _ended.Task;
            });
        drawn.Task.Wait();
    }

    private void Write(string text) => _console.Write(new LinesAbove(text));

    /// <summary>Takes the bar away; what is written next stands where it was.</summary>
    private void End()
    {
        _ended.TrySetResult();
        _drawing.Wait();
    }
}
