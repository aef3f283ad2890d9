using System.Reflection;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Common;

namespace OrtTrainer.Cli;

/// <summary>The program as a function: a command line in, text and an exit code out.</summary>
public static class CliApp
{
    /// <summary>The command that users type.</summary>
    internal const string Name = "orttrainer";

    internal static string Version =>
        typeof(CliApp).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
        .InformationalVersion.Split('+')[0];

    /// <summary>Runs a command line.</summary>
    /// <param name="args">The words after the program's name.</param>
    /// <param name="terminal">Where to read and write.</param>
    /// <param name="interruption">Asks to end early, as Ctrl-C does.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> args, Terminal terminal, CancellationToken interruption = default)
    {
        try
        {
            return await Dispatch(args, terminal, interruption);
        }
        catch (OperationCanceledException) when (interruption.IsCancellationRequested)
        {
            terminal.Error.WriteLine("Interrupted.");
            return ExitCode.Interrupted;
        }
        catch (Exception failure)
        {
            return ErrorReport.Print(failure, terminal.Error, verbose: args.Contains("--verbose"));
        }
    }

    private static Task<int> Dispatch(IReadOnlyList<string> args, Terminal terminal, CancellationToken interruption)
    {
        if (args.Count == 0)
        {
            terminal.Error.Write(HelpText.Overview());
            return Task.FromResult(ExitCode.BadUsage);
        }

        if (args[0] is "--help" or "-h")
        {
            terminal.Out.Write(HelpText.Overview());
            return Task.FromResult(ExitCode.Done);
        }

        if (args[0] == "--version")
        {
            terminal.Out.WriteLine($"{Name} {Version}");
            return Task.FromResult(ExitCode.Done);
        }

        Verb verb = Verb.All.FirstOrDefault(v => v.Name == args[0]) ?? throw Unknown(args[0]);
        if (args.Skip(1).Any(a => a is "--help" or "-h"))
        {
            terminal.Out.Write(HelpText.Of(verb));
            return Task.FromResult(ExitCode.Done);
        }

        return verb.RunAsync([.. args.Skip(1)], terminal, interruption);
    }

    private static UsageException Unknown(string word)
    {
        IEnumerable<string> names = Verb.All.Select(v => v.Name);
        string next = NearestName.Of(word, names) is { } nearest
            ? $"did you mean {nearest}?"
            : $"the commands are {string.Join(", ", names)}. See {Name} --help.";
        return new UsageException($"{word} is unknown; {next}");
    }
}
