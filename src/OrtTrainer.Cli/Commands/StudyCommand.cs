using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Cli.Rendering;
using OrtTrainer.Studies;
using OrtTrainer.Studies.Reports;
using OrtTrainer.Studies.Slurm;

namespace OrtTrainer.Cli.Commands;

/// <summary><c>study</c>: runs a grid of methods over seeds, or goes on with it.</summary>
internal static class StudyCommand
{
    public static async Task<int> RunAsync(
        StudyArguments arguments, Terminal terminal, CancellationToken interruption)
    {
        if (arguments.IsWorker)
        {
            using StreamReader input = new(terminal.Input);
            return await StudyWorker.RunAsync(input, terminal.Out);
        }

        if (arguments.Job is { } job)
        {
            return await StudyWorker.RunJobAsync(job, interruption);
        }

        if (arguments is { Quiet: true, Json: true })
        {
            throw new UsageException("--quiet and --json exclude each other: events, or nothing but the result.");
        }

        if (arguments.Report is { } folder)
        {
            return RewriteReport(arguments, folder, terminal, interruption);
        }

        StudyOptions options = OptionErrors.Guard(typeof(StudyArguments), () => Options(arguments));
        return arguments.DryRun
            ? StudyForecastView.Print(options, arguments.Json, terminal, interruption)
            : await RunAsync(options, arguments, terminal, interruption);
    }

    private static async Task<int> RunAsync(
        StudyOptions options, StudyArguments arguments, Terminal terminal, CancellationToken interruption)
    {
        await using IStudyView view = View(arguments, terminal);
        StudyResults results;
        try
        {
            results = await Study.RunAsync(options, view, interruption);
        }
        catch (OperationCanceledException) when (interruption.IsCancellationRequested)
        {
            await view.InterruptedAsync(ResumeCommand(options, arguments));
            return ExitCode.Interrupted;
        }

        string folder = Path.GetFullPath(options.Output);
        StudyReport.Write(results, folder);
        await view.FinishedAsync(results, folder);
        return ExitCodeOf(results);
    }

    private static int RewriteReport(
        StudyArguments arguments, string folder, Terminal terminal, CancellationToken interruption)
    {
        if (arguments.Given.Except(["--report", "--verbose", "--quiet"]).FirstOrDefault() is { } other)
        {
            throw new UsageException($"--report runs nothing; leave {other} out.");
        }

        IStudyView view = arguments.Quiet ? new QuietStudyView(terminal) : new PlainStudyView(terminal);
        StudyResults results = Study.Read(folder, view, interruption);
        StudyReport.Write(results, Path.GetFullPath(folder));
        terminal.WriteLines(StudyLines.End(results, Path.GetFullPath(folder)));
        return ExitCodeOf(results);
    }

    private static StudyOptions Options(StudyArguments arguments) => new()
    {
        File = arguments.StudyFile,
        Output = arguments.OutputFolder,
        Jobs = arguments.Jobs ?? 1,
        Threads = arguments.Threads,
        Worker = WorkerCommand.Of(typeof(CliApp).Assembly, "study", "--worker"),
        Slurm = arguments.IsSlurm() ? Jobs(arguments) : null,
    };

    private static SlurmOptions Jobs(StudyArguments arguments)
    {
        SlurmOptions usual = new() { Worker = WorkerCommand.Of(typeof(CliApp).Assembly, "study", "--job") };
        return usual with
        {
            Partition = arguments.Partition,
            Account = arguments.Account,
            Gres = arguments.Gres,
            Time = arguments.Time,
            Memory = arguments.Memory,
            Cpus = arguments.Cpus ?? usual.Cpus,
            ArrayLimit = arguments.ArrayLimit,
            QueueLimit = arguments.QueueLimit,
            Tries = arguments.Tries ?? usual.Tries,
            PollSeconds = arguments.PollSeconds ?? usual.PollSeconds,
            SbatchOption = arguments.SbatchOption?.Split(RepeatedAttribute.Between) ?? [],
        };
    }

    private static int ExitCodeOf(StudyResults results) =>
        results.Runs.Any(run => run.Status == StudyRunStatus.Failed) ? ExitCode.Failed : ExitCode.Done;

    private static string ResumeCommand(StudyOptions options, StudyArguments arguments) =>
        $"{CliApp.Name} study {ShownPath.Of(Path.GetFullPath(options.File))} " +
        $"--out {ShownPath.Of(Path.GetFullPath(options.Output))}" +
        (arguments.Jobs is { } jobs ? $" --jobs {jobs}" : "") +
        (arguments.Threads is { } threads ? $" --threads {threads}" : "") +
        (options.Slurm is { } slurm ? JobOptions(slurm) : "");

    /// <summary>What differs from the usual, as options.</summary>
    private static string JobOptions(SlurmOptions slurm)
    {
        SlurmOptions usual = new() { Worker = slurm.Worker };
        (string Name, object? Value, object? Usual)[] all =
        [
            ("partition", slurm.Partition, null), ("account", slurm.Account, null), ("gres", slurm.Gres, null),
            ("time", slurm.Time, null), ("memory", slurm.Memory, null), ("cpus", slurm.Cpus, usual.Cpus),
            ("array-limit", slurm.ArrayLimit, null), ("queue-limit", slurm.QueueLimit, null),
            ("tries", slurm.Tries, usual.Tries), ("poll", slurm.PollSeconds, usual.PollSeconds),
            .. slurm.SbatchOption.Select(other => ("sbatch-option", (object?)$"\"{other}\"", (object?)null)),
        ];
        return " --engine slurm" + string.Concat(all.Where(option => !Equals(option.Value, option.Usual))
            .Select(option => FormattableString.Invariant($" --{option.Name} {option.Value}")));
    }

    private static IStudyView View(StudyArguments arguments, Terminal terminal) =>
        arguments.Json ? new JsonStudyView(terminal.Out)
        : arguments.Quiet ? new QuietStudyView(terminal)
        : terminal.IsInteractive ? new LiveStudyView(terminal)
        : new PlainStudyView(terminal);
}
