using System.Reflection;
using OrtTrainer.Cli.Commands;
using OrtTrainer.Cli.Hub;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Common;
using OrtTrainer.Hub;

namespace OrtTrainer.Cli;

/// <summary>A program of several commands as a function: a command line in, text and an exit code out.</summary>
/// <param name="Name">The word that calls it.</param>
/// <param name="Purpose">What it does, in half a line.</param>
/// <param name="Verbs">Its commands, in the order of help.</param>
internal sealed record CommandProgram(string Name, string Purpose, IReadOnlyList<Verb> Verbs)
{
    public static string Version =>
        typeof(CommandProgram).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
        .InformationalVersion.Split('+')[0];

    /// <summary>Runs a command line.</summary>
    /// <param name="args">The words after the program's name.</param>
    /// <param name="terminal">Where to read and write.</param>
    /// <param name="interruption">Asks to end early, as Ctrl-C does.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public async Task<int> RunAsync(
        IReadOnlyList<string> args, Terminal terminal, CancellationToken interruption = default)
    {
        HubModels.Server ??= new HubHttp();
        EmbeddedDefault.Register();
        using IDisposable watched =
            HubModels.Watch(args.Contains("--quiet") ? null : new DownloadView(terminal), interruption);
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

    private Task<int> Dispatch(IReadOnlyList<string> args, Terminal terminal, CancellationToken interruption)
    {
        if (args.Count == 0)
        {
            terminal.Error.Write(HelpText.Overview(this));
            return Task.FromResult(ExitCode.BadUsage);
        }

        if (args[0] is "--help" or "-h" or "help")
        {
            terminal.Out.Write(args is ["help", { } word, ..] && word is not ("--help" or "-h")
                ? HelpText.Of(this, Find(word))
                : HelpText.Overview(this));
            return Task.FromResult(ExitCode.Done);
        }

        if (args[0] == "--version")
        {
            VersionReport report = VersionReport.OfProcess();
            terminal.WriteResult(report, report.Lines(Name), args.Contains("--json"));
            return Task.FromResult(ExitCode.Done);
        }

        Verb verb = Find(args[0]);
        if (args.Skip(1).Any(a => a is "--help" or "-h"))
        {
            terminal.Out.Write(HelpText.Of(this, verb));
            return Task.FromResult(ExitCode.Done);
        }

        return verb.RunAsync([.. args.Skip(1)], terminal, interruption);
    }

    private Verb Find(string word) => Verbs.FirstOrDefault(verb => verb.Name == word) ?? throw Unknown(word);

    private UsageException Unknown(string word)
    {
        IEnumerable<string> names = Verbs.Select(v => v.Name);
        string next = NearestName.Of(word, names) is { } nearest
            ? $"did you mean {nearest}?"
            : $"the commands are {string.Join(", ", names)}. See {Name} --help.";
        return new UsageException($"{word} is unknown; {next}");
    }
}
