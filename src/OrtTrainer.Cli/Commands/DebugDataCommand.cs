using OrtTrainer.Checkpoints;
using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Cli.Rendering;
using OrtTrainer.Data;
using OrtTrainer.Diagnosis;
using OrtTrainer.Tasks;
using OrtTrainer.Text;

namespace OrtTrainer.Cli.Commands;

/// <summary><c>debug-data</c>: what may be wrong with labeled data, before anything is trained on them.</summary>
internal static class DebugDataCommand
{
    private const int DefaultMaxLength = 128;

    public static Task<int> RunAsync(DebugDataArguments arguments, Terminal terminal, CancellationToken interruption)
    {
        string file = arguments.Data;
        ModelTask task = OptionErrors.Guard(
            typeof(DebugDataArguments),
            () => arguments.Task is { } word ? ModelTask.Named(word) : ModelTask.Default);
        if (task.TakesImages)
        {
            throw new UsageException("debug-data looks at texts; images have none.");
        }

        DiagnosisOptions options = OptionsOf(arguments);
        DataOptions data = arguments.DataOf(file, task);
        Dataset train = LabeledData.LoadTrain(data, terminal.Note, interruption);
        DataSplits splits = new(
            train,
            arguments.Eval is { } eval ? LabeledData.Read(eval, data, train.Labels, terminal.Note, interruption)
                : train.Take([]),
            arguments.Test is { } test ? LabeledData.Read(test, data, train.Labels, terminal.Note, interruption) : null,
            arguments.Eval ?? "none");
        if (arguments.Predictions is { } predictions)
        {
            options = options with { Probabilities = PredictedScores.Read(predictions, train) };
        }

        DataDiagnosis diagnosis = DataDiagnosis.Of(splits, options, interruption);
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

    private static DiagnosisOptions OptionsOf(DebugDataArguments arguments) => OptionErrors.Guard(
        typeof(DebugDataArguments),
        () => new DiagnosisOptions
        {
            Similarity = arguments.Similarity ?? NearDuplicateSearch.DefaultThreshold,
            Folds = arguments.Folds ?? 5,
            Seed = (ulong)(arguments.Seed ?? 1),
        });
}
