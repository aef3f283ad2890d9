using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Cli.Rendering;
using OrtTrainer.Common;
using OrtTrainer.Distributed;
using OrtTrainer.Options;
using OrtTrainer.Runs;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Distributed;

namespace OrtTrainer.Cli.Commands;

/// <summary>
/// Trains and exports, or goes on with a run that was interrupted: what <c>finetune</c> and <c>pretrain</c> do.
/// </summary>
internal static class RunCommand
{
    private static readonly string[] AllowedWithResume =
        ["--resume", "--out", "--device", "--distributed", "--exchange", "--quiet", "--json", "--verbose"];

    /// <param name="verb">The command's name.</param>
    /// <param name="arguments">The command line.</param>
    /// <param name="settings">The options of a new run, given the threads where nobody says how many; null for all
    /// processors.</param>
    /// <param name="nextSteps">What to print after a run.</param>
    /// <param name="terminal">Where to print.</param>
    /// <param name="interruption">Asks to end early.</param>
    public static async Task<int> RunAsync(
        string verb, IRunArguments arguments, Func<int?, FineTuneOptions> settings,
        Func<FineTuneOptions, IEnumerable<string>> nextSteps, Terminal terminal, CancellationToken interruption)
    {
        if (arguments is { Quiet: true, Json: true })
        {
            throw new UsageException("--quiet and --json exclude each other: events, or nothing but the result.");
        }

        BufferPath path = RankedRun.PathOf(arguments);
        if (arguments.Distributed is { } word)
        {
            using RankGroup ranks = RankedRun.Join(word);
            return await RunAsync(verb, arguments, settings, nextSteps, ranks, path, terminal, interruption);
        }

        RankedRun.RequireAlone();
        bool resumes = arguments.Resume is not null;
        FineTuneOptions options = OptionsOf(arguments, () => settings(null));
        await using IRunView view = View(arguments, terminal, options, terminal.IsInteractive);
        try
        {
            _ = resumes
                ? await FineTuner.ResumeAsync(options.Output, view, interruption)
                : await FineTuner.RunAsync(options, view, interruption);
        }
        catch (OperationCanceledException) when (interruption.IsCancellationRequested)
        {
            await view.InterruptedAsync(
                verb, File.Exists(RunFolder.OptionsFileOf(options.Output)) ? options.Output : null);
            return ExitCode.Interrupted;
        }

        await view.DisposeAsync();
        PrintNext(arguments, nextSteps, options, terminal);
        return ExitCode.Done;
    }

    private static async Task<int> RunAsync(
        string verb, IRunArguments arguments, Func<int?, FineTuneOptions> settings,
        Func<FineTuneOptions, IEnumerable<string>> nextSteps, RankGroup ranks, BufferPath path,
        Terminal terminal, CancellationToken interruption)
    {
        FineTuneOptions? options = null;
        IRunView? view = null;
        try
        {
            int? ended = RankedRun.Run(
                ranks,
                () => new RankedStart(
                    OptionsOf(arguments, () => settings(RankedRun.Threads(ranks))), arguments.Resume is not null),
                agreed => view = View(arguments, terminal, options = agreed, isInteractive: false), path,
                terminal, interruption);
            if (ended is { } code)
            {
                return code;
            }
        }
        catch (OperationCanceledException) when (interruption.IsCancellationRequested && view is not null)
        {
            await view.InterruptedAsync(
                verb, File.Exists(RunFolder.OptionsFileOf(options!.Output)) ? options.Output : null);
            return ExitCode.Interrupted;
        }
        finally
        {
            if (view is not null)
            {
                await view.DisposeAsync();
            }
        }

        PrintNext(arguments, nextSteps, options!, terminal);
        return ExitCode.Done;
    }

    private static void PrintNext(
        IRunArguments arguments, Func<FineTuneOptions, IEnumerable<string>> nextSteps, FineTuneOptions options,
        Terminal terminal)
    {
        if (!arguments.Quiet && !arguments.Json)
        {
            terminal.WriteLines(nextSteps(options));
        }
    }

    private static FineTuneOptions OptionsOf(IRunArguments arguments, Func<FineTuneOptions> settings)
    {
        FineTuneOptions options =
            arguments.Resume is not null ? OptionsToResume(arguments) : settings();
        RunSettings.RequireModel(options);
        return options;
    }

    private static FineTuneOptions OptionsToResume(IRunArguments arguments)
    {
        string folder = FolderToResume(arguments);
        FineTuneOptions options = OptionsOfRun(folder);
        if (arguments.Settings.GetValueOrDefault("device") is not { } word)
        {
            return options;
        }

        // Before anything is written: a device that cannot be used, or lacks the precision, leaves the run as it is.
        string device = OptionErrors.Guard(
            arguments.GetType(),
            () =>
            {
                string name = Device.Named(word).Name;
                FineTuner.ChangeDevice(folder, name);
                return name;
            },
            arguments.Given);
        return options with { Device = device };
    }

    private static FineTuneOptions OptionsOfRun(string folder)
    {
        string file = RunFolder.OptionsFileOf(Path.GetFullPath(folder));
        return File.Exists(file)
            ? FineTuneOptions.Read(file) with { Output = Path.GetFullPath(folder) }
            : throw new RunException($"{Path.GetFullPath(folder)}: there is no run to resume; {file} is missing. " +
                "Give the folder that an earlier run had as --out.");
    }

    private static string FolderToResume(IRunArguments arguments)
    {
        if (arguments.Given.Except(AllowedWithResume).FirstOrDefault() is { } other)
        {
            throw new UsageException($"--resume goes on with the options of the run; leave {other} out.");
        }

        if (arguments.Resume == OptionalValueAttribute.LeftOut)
        {
            return arguments.Output ?? throw new UsageException("--resume needs the folder of the run: --resume DIR.");
        }

        return arguments.Output is null || Path.GetFullPath(arguments.Output) == Path.GetFullPath(arguments.Resume!)
            ? arguments.Resume!
            : throw new UsageException("--resume and --out name different folders; leave --out out.");
    }

    // The pseudo-terminal that mpirun gives its processes is none that a line can be drawn over.
    private static IRunView View(
        IRunArguments arguments, Terminal terminal, FineTuneOptions options, bool isInteractive) =>
        arguments.Json ? new JsonRunView(terminal.Out)
        : arguments.Quiet ? new QuietRunView(terminal)
        : isInteractive ? new LiveRunView(terminal, options)
        : new PlainRunView(terminal, options);
}
