using System.Diagnostics;
using OrtTrainer.Options;
using OrtTrainer.Runs;

namespace OrtTrainer.Cli.Rendering;

/// <summary>A run as plain lines, for logs and pipes: one every few seconds and at every evaluation.</summary>
internal sealed class PlainRunView(Terminal terminal, FineTuneOptions options) : IRunView
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly TextWriter _out = terminal.Out;
    private readonly Stopwatch _sinceLine = new();
    private long _total;

    public void Report(RunEvent value)
    {
        switch (value)
        {
            case RunEvent.Taught taught when IsDue() || taught.Done == taught.Total:
                _out.WriteLine(RunLines.Taught(taught));
                _sinceLine.Restart();
                break;
            case RunEvent.Started started:
                _total = started.TotalSteps;
                terminal.WriteLines(RunHeader.Lines(started, options));
                _out.WriteLine();
                break;
            case RunEvent.Stepped stepped when IsDue():
                _out.WriteLine(RunLines.Step(stepped, _total));
                _sinceLine.Restart();
                break;
            case RunEvent.Evaluated evaluated:
                _out.WriteLine(RunLines.Evaluation(evaluated));
                break;
            case RunEvent.Noted noted:
                _out.WriteLine($"note: {noted.Message}");
                break;
            case RunEvent.Finished finished:
                RunResult.Print(finished.Summary, terminal);
                break;
        }
    }

    public Task InterruptedAsync(string verb, string? output)
    {
        terminal.WriteLines(RunLines.Interruption(verb, output));
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private bool IsDue() => !_sinceLine.IsRunning || _sinceLine.Elapsed >= Interval;
}
