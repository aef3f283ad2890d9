using OrtTrainer.Cli.Arguments;
using OrtTrainer.Data;
using OrtTrainer.Prediction;
using OrtTrainer.Runs;
using OrtTrainer.Tasks;

namespace OrtTrainer.Cli.Commands;

/// <summary><c>predict</c>: a JSON line per text, in the order of the texts, while they are read.</summary>
internal static class PredictCommand
{
    public static async Task<int> RunAsync(PredictArguments arguments, Terminal terminal,
        CancellationToken interruption)
    {
        string model = arguments.ModelFolder;
        OutputFile.Require(arguments, arguments.InputFile);
        PredictionFile.RequireFormat(arguments.Output);
        TextSource source = TextSource.Of(
            arguments, arguments.InputFile, terminal, TrainedColumns.Of(model));
        PredictorOptions options = InferenceSettings.Predictor(arguments);
        using Predictor predictor = InferenceSettings.Open(model, options, arguments, terminal);
        if (arguments.Threshold is not null && !predictor.Task.HasThresholds)
        {
            throw new UsageException(
                $"--threshold is for models of several labels a text; the task of this one is {predictor.Task.Name}. "
                + "Leave it out.");
        }

        PredictedTexts told = new();
        if (arguments.Output is { } file)
        {
            new PredictionFile(file, predictor).Write(source, told.Counted, interruption);
            told.Tell(arguments.InputFile, predictor, terminal);
            return ExitCode.Done;
        }

        PredictionLine line = new(predictor.Task, predictor.Labels);
        IAsyncEnumerable<Example> arriving = source.ReadAsync(predictor.Task, interruption);
        await foreach (TextPrediction answer in predictor.PredictAsync(arriving, interruption))
        {
            terminal.Out.WriteLine(line.Of(told.Counted(answer)));
        }

        told.Tell(arguments.InputFile, predictor, terminal);
        return ExitCode.Done;
    }
}
