using OrtTrainer.Studies;

namespace OrtTrainer.Cli.Rendering;

/// <summary>Nothing but failures and where the results are.</summary>
internal sealed class QuietStudyView(Terminal terminal) : IStudyView
{
    public void Report(StudyEvent value)
    {
        if (value is StudyEvent.RunFailed)
        {
            terminal.Error.WriteLine(StudyLines.Of(value, 0)!.TrimStart());
        }
    }

    public Task FinishedAsync(StudyResults results, string folder)
    {
        terminal.WriteLines(StudyLines.End(results, folder));
        return Task.CompletedTask;
    }

    public Task InterruptedAsync(string command)
    {
        foreach (string line in StudyLines.Interruption(command))
        {
            terminal.Error.WriteLine(line);
        }

        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
