using OrtTrainer.Cli.Arguments;

namespace OrtTrainer.Cli.Commands;

/// <summary><c>completion</c>: a script with which a shell completes commands, options and their words.</summary>
internal static class CompletionCommand
{
    public static Task<int> RunAsync(
        CompletionArguments arguments, Terminal terminal, CancellationToken interruption)
    {
        interruption.ThrowIfCancellationRequested();
        terminal.Out.Write(arguments.Shell.Script(CliApp.Name, Verbs.All));
        return Task.FromResult(ExitCode.Done);
    }
}
