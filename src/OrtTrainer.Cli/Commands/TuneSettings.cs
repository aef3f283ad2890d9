using System.Text.Json.Nodes;
using OrtTrainer.Checkpoints;
using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Hub;
using OrtTrainer.Options;
using OrtTrainer.Studies;
using OrtTrainer.Studies.Tuning;

namespace OrtTrainer.Cli.Commands;

/// <summary>Puts together what <c>tune</c> searches, from its file or from the command line.</summary>
internal static class TuneSettings
{
    /// <summary>What is searched, where to and for how long.</summary>
    /// <exception cref="UsageException">Something needed is missing, or a value is wrong.</exception>
    public static TuneOptions Of(TuneArguments arguments)
    {
        double minutes = arguments.Time;
        TuneFile file = arguments.File is { } path ? TuneFileReader.Read(path) : FromCommandLine(arguments);
        return OptionErrors.Guard(typeof(TuneArguments), () => new TuneOptions
        {
            File = file,
            Output = arguments.Settings.GetValueOrDefault("out")
                ?? throw new UsageException("--out is missing: give the folder of the search."),
            Minutes = minutes,
            Trials = arguments.Trials,
            Jobs = arguments.Jobs ?? 1,
            Threads = arguments.Settings.TryGetValue("threads", out string? threads)
                ? Number("--threads", threads)
                : null,
            Worker = WorkerCommand.Of(typeof(CliApp).Assembly, "tune", "--worker"),
        });
    }

    private static int Number(string option, string text) => int.TryParse(text, out int number)
        ? number
        : throw new UsageException($"{option} is {text}; expected a whole number.");

    private static TuneFile FromCommandLine(TuneArguments arguments)
    {
        JsonObject options = OptionErrors.Guard(typeof(TuneArguments), () => Options(arguments), arguments.Given);
        if (options["model"] is null || arguments.Train is null)
        {
            throw new UsageException("give a file of what to search, or --model DIR and --train F.");
        }

        JsonObject search = new() { ["name"] = Path.GetFileNameWithoutExtension(arguments.Train) };
        foreach (string own in new[] { "seed", "metric" }.Where(options.ContainsKey))
        {
            search[own] = options[own]!.DeepClone();
        }

        foreach (string elsewhere in new[] { "seed", "metric", "output", "threads" })
        {
            options.Remove(elsewhere);
        }

        _ = ModelFolder.Require(HubModels.FolderOf(options["model"]!.GetValue<string>()));
        search["search"] = DefaultSearch.Of(options);
        search["defaults"] = options;
        return TuneFileReader.Of("the command line", Environment.CurrentDirectory, search);
    }

    private static JsonObject Options(TuneArguments a)
    {
        JsonObject options = RunSettings.Given(("data", RunSettings.DataOf(
            a,
            a.Task,
            ("train", a.Train),
            ("eval", a.Eval),
            ("test", a.Test),
            ("eval_fraction", a.EvalFraction))));
        RunSettings.Add(options, a.Settings, []);
        return EmbeddedDefault.IsUsedBy(options) ? OptionsJson.Merge(EmbeddedDefault.Encoder(), options) : options;
    }
}
