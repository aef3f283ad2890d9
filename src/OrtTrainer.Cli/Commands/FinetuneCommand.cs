using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Cli.Rendering;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Options;
using OrtTrainer.Prediction;
using OrtTrainer.Runs;
using OrtTrainer.Tasks;

namespace OrtTrainer.Cli.Commands;

/// <summary><c>finetune</c>: trains and exports, or goes on with a run that was interrupted.</summary>
internal static class FinetuneCommand
{
    private static readonly string[] AllowedWithResume = ["--resume", "--out", "--quiet", "--json", "--verbose"];

    public static async Task<int> RunAsync(FinetuneArguments arguments, Terminal terminal,
        CancellationToken interruption)
    {
        if (arguments is { Quiet: true, Json: true })
        {
            throw new UsageException("--quiet and --json exclude each other: events, or nothing but the result.");
        }

        bool resumes = arguments.Resume is not null;
        FineTuneOptions options = resumes ? OptionsOfRun(FolderToResume(arguments)) : FinetuneSettings.Of(arguments);
        ModelFolder.Require(options.Model);
        await using IRunView view = View(arguments, terminal, options);
        try
        {
            _ = resumes
                ? await FineTuner.ResumeAsync(options.Output, view, interruption)
                : await FineTuner.RunAsync(options, view, interruption);
        }
        catch (OperationCanceledException) when (interruption.IsCancellationRequested)
        {
            await view.InterruptedAsync(File.Exists(RunFolder.OptionsFileOf(options.Output)) ? options.Output : null);
            return ExitCode.Interrupted;
        }

        await view.DisposeAsync();
        if (!arguments.Quiet && !arguments.Json)
        {
            terminal.WriteLines(NextSteps(options));
        }

        return ExitCode.Done;
    }

    private static FineTuneOptions OptionsOfRun(string folder)
    {
        string file = RunFolder.OptionsFileOf(Path.GetFullPath(folder));
        return File.Exists(file)
            ? FineTuneOptions.Read(file) with { Output = Path.GetFullPath(folder) }
            : throw new RunException($"{Path.GetFullPath(folder)}: there is no run to resume; {file} is missing. " +
                "Give the folder that an earlier finetune had as --out.");
    }

    private static string FolderToResume(FinetuneArguments arguments)
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

    private static IRunView View(FinetuneArguments arguments, Terminal terminal, FineTuneOptions options) =>
        arguments.Json ? new JsonRunView(terminal.Out)
        : arguments.Quiet ? new QuietRunView(terminal)
        : terminal.IsInteractive ? new LiveRunView(terminal, options)
        : new PlainRunView(terminal, options);

    private static IEnumerable<string> NextSteps(FineTuneOptions options)
    {
        string folder = ShownPath.Of(options.Output);
        yield return "";
        if (EmbeddedDefault.IsUsedBy(options))
        {
            using Predictor predictor = Predictor.Open(options.Output);
            IReadOnlyList<TextPrediction> predictions =
                predictor.Predict([.. EmbeddedDefault.Samples.Select(text => new Example(text))]);
            foreach ((string text, TextPrediction prediction) in EmbeddedDefault.Samples.Zip(predictions))
            {
                yield return FormattableString.Invariant(
                    $"  {prediction.Label,-10} {prediction.Scores.Max():0.00}  {text}");
            }

            yield return "";
        }

        yield return $"Exported to {folder}. To label texts:";
        yield return $"  {CliApp.Name} predict --model {folder} --input FILE";
    }
}
