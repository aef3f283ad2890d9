using System.Text.Json.Nodes;
using OrtTrainer.Checkpoints;
using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Cli.Rendering;
using OrtTrainer.Data;
using OrtTrainer.Diagnosis;
using OrtTrainer.Options;
using OrtTrainer.Tasks;
using OrtTrainer.Text;

namespace OrtTrainer.Cli.Commands;

/// <summary><c>debug-data</c>: what may be wrong with labeled data, before anything is trained on them.</summary>
internal static class DebugDataCommand
{
    private const int DefaultMaxLength = 128;

    public static Task<int> RunAsync(DebugDataArguments arguments, Terminal terminal, CancellationToken interruption)
    {
        DataOptions data = DataOf(arguments);
        ModelTask task = data.Task;
        if (task.TakesImages)
        {
            throw new UsageException("debug-data looks at texts; images have none.");
        }

        DiagnosisOptions options = OptionsOf(arguments);
        DiagnosedData read = DiagnosedData.Read(data, terminal.Note, interruption);
        Dataset train = read.Splits.Train;
        if (arguments.Predictions is { } predictions)
        {
            options = options with { Probabilities = PredictedScores.Read(predictions, train, read.LeftOut) };
        }

        DataDiagnosis diagnosis = DataDiagnosis.Of(read.Splits, options, interruption) with
        {
            Unlabeled = read.Unlabeled,
        };
        LengthSummary? lengths = arguments.Model is { } model
            ? LengthsOf(ModelFolder.Require(model), arguments.MaxLength ?? DefaultMaxLength, task, train)
            : null;
        terminal.WriteResult(
            new { Findings = diagnosis, Imbalance = diagnosis.Imbalance, Lengths = lengths },
            DiagnosisLines.Of(diagnosis, lengths, train, arguments.Show ?? 5), arguments.Json);
        return Task.FromResult(arguments.Strict && diagnosis.HasFindings ? ExitCode.Failed : ExitCode.Done);
    }

    /// <summary>Tokens of every text, special ones included.</summary>
    internal static LengthSummary LengthsOf(string model, int maxLength, ModelTask task, Dataset data)
    {
        ITextEncoder tokenizer = task.OpenTokenizer(model);
        return LengthSummary.Of(
            [
                .. data.Examples.Select(example =>
                    task.Encode(example, tokenizer, maxLength: null).Sum(input => input.InputIds.Length)),
            ],
            maxLength);
    }

    /// <summary>The data: what the command line says over the options file.</summary>
    private static DataOptions DataOf(DebugDataArguments a)
    {
        JsonObject options = a.OptionsFile is null ? [] : OptionsJson.Read(a.OptionsFile);
        return OptionErrors.Guard(typeof(DebugDataArguments), () =>
        {
            JsonObject data = OptionsJson.Merge(
                options["data"] as JsonObject ?? [],
                RunSettings.DataOf(a, a.Task, ("train", a.Data), ("eval", a.Eval), ("test", a.Test)));
            return data["train"] is not null
                ? RunSettings.Deserialize<DataOptions>(data)
                : throw new UsageException(
                    "a file is needed: debug-data DATA [--eval F] [--test F], or --options F.json that names it.");
        });
    }

    private static DiagnosisOptions OptionsOf(DebugDataArguments arguments) => OptionErrors.Guard(
        typeof(DebugDataArguments),
        () => new DiagnosisOptions
        {
            Similarity = arguments.Similarity ?? NearDuplicateSearch.DefaultThreshold,
            Folds = arguments.Folds ?? 5,
            Seed = (ulong)(arguments.Seed ?? 1),
        });
}
