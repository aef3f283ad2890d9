using OrtTrainer.Runs;

namespace OrtTrainer.Cli.Rendering;

/// <summary>Nothing but the result.</summary>
internal sealed class QuietRunView(Terminal terminal) : IRunView
{
    public void Report(RunEvent value)
    {
        if (value is RunEvent.Finished finished)
        {
            RunResult.Print(finished.Summary, terminal);
        }
    }

    public Task InterruptedAsync(string verb, string? output)
    {
        foreach (string line in RunLines.Interruption(verb, output))
        {
            terminal.Error.WriteLine(line);
        }

        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
