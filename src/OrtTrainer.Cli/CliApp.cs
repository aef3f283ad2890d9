namespace OrtTrainer.Cli;

/// <summary>The program as a function: a command line in, text and an exit code out.</summary>
public static class CliApp
{
    /// <summary>The command that users type.</summary>
    internal const string Name = "orttrainer";

    private static readonly CommandProgram Program = new(
        Name, "fine-tunes compact language models with weight averaging on ONNX Runtime", Verbs.All);

    /// <summary>Runs a command line.</summary>
    /// <param name="args">The words after the program's name.</param>
    /// <param name="terminal">Where to read and write.</param>
    /// <param name="interruption">Asks to end early, as Ctrl-C does.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static Task<int> RunAsync(
        IReadOnlyList<string> args, Terminal terminal, CancellationToken interruption = default) =>
        Program.RunAsync(args, terminal, interruption);
}
