using OrtTrainer.Studies;

namespace OrtTrainer.Cli.Rendering;

/// <summary>A study as plain lines, for logs and pipes: one per run that is done.</summary>
internal sealed class PlainStudyView(Terminal terminal) : IStudyView
{
    private int _runs;

    public void Report(StudyEvent value)
    {
        _runs = value is StudyEvent.Started started ? started.Runs : _runs;
        if (StudyLines.Of(value, _runs) is { } line)
        {
            terminal.Out.WriteLine(line);
        }
    }

    public Task FinishedAsync(StudyResults results, string folder)
    {
        terminal.Out.WriteLine();
        terminal.WriteLines(StudyLines.End(results, folder));
        return Task.CompletedTask;
    }

    public Task InterruptedAsync(string command)
    {
        terminal.WriteLines(StudyLines.Interruption(command));
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
