using System.Diagnostics;
using OrtTrainer.Options;
using OrtTrainer.Runs;

namespace OrtTrainer.Cli.Rendering;

/// <summary>A run as a plain table, for logs and pipes: a row every few seconds and at every evaluation.</summary>
internal sealed class PlainRunView(Terminal terminal, FineTuneOptions options) : IRunView
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly TextWriter _out = terminal.Out;
    private readonly Stopwatch _sinceLine = new();
    private TrainingTable? _table;

    public void Report(RunEvent value)
    {
        switch (value)
        {
            case RunEvent.Taught taught when IsDue() || taught.Done == taught.Total:
                _out.WriteLine(RunLines.Taught(taught));
                _sinceLine.Restart();
                break;
            case RunEvent.Started started:
                _table = new TrainingTable(terminal.Width, options, started);
                terminal.WriteLines(RunHeader.Lines(started, options));
                _out.WriteLine();
                break;
            case RunEvent.Stepped stepped:
                _table!.Add(stepped);
                if (IsDue())
                {
                    Write(_table.StepRow());
                    _sinceLine.Restart();
                }

                break;
            case RunEvent.Evaluated evaluated:
                Write(_table!.EvaluationRow(evaluated));
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

    private void Write(IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            _out.WriteLine(line);
        }
    }

    private bool IsDue() => !_sinceLine.IsRunning || _sinceLine.Elapsed >= Interval;
}
