using System.Text;
using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Prediction;
using OrtTrainer.Tasks;

namespace OrtTrainer.Cli.Commands;

/// <summary><c>predict</c>: a JSON line per text, in the order of the texts, while they are read.</summary>
internal static class PredictCommand
{
    public static async Task<int> RunAsync(PredictArguments arguments, Terminal terminal,
        CancellationToken interruption)
    {
        string model = arguments.ModelFolder;
        OutputFile.Require(arguments.Output, arguments.InputFile, arguments.Overwrites);
        TextSource source = TextSource.Of(arguments, arguments.InputFile, terminal);
        PredictorOptions options = OptionErrors.Guard(typeof(PredictArguments), () => new PredictorOptions
        {
            MaxLength = arguments.MaxLength,
            Stride = arguments.Stride,
            NoAnswerThreshold = arguments.NoAnswerThreshold,
            Execution = EvaluateCommand.Execution(arguments.Threads, arguments.Device),
            Precision = EvaluateCommand.Supported(arguments.Precision, arguments.Device),
            Adapter = arguments.Adapter,
        });
        if (arguments.Threshold is { } threshold)
        {
            options = OptionErrors.Guard(
                typeof(PredictArguments), () => options with { Threshold = (float)threshold });
        }

        using Predictor predictor = Predictor.Open(ModelFolder.Require(model), options);
        if (arguments.Verbose)
        {
            terminal.Note(predictor.Execution);
        }

        if (arguments.Threshold is not null && !predictor.Task.HasThresholds)
        {
            throw new UsageException(
                $"--threshold is for models of several labels a text; the task of this one is {predictor.Task.Name}. "
                + "Leave it out.");
        }

        ModelFolder.TellAssumption(predictor.Task, terminal);
        PredictionLine line = new(predictor.Task, predictor.Labels);
        PredictedTexts told = new();
        if (arguments.Output is { } file)
        {
            // A file is written in full windows; what is at the output's path changes only when all is done. Texts are
            // read on another thread, since waiting for standard input cannot be interrupted.
            AtomicFile.Write(file, stream =>
            {
                IEnumerable<Example> texts =
                    source.ReadAsync(predictor.Task, interruption).ToBlockingEnumerable(interruption);
                IEnumerable<TextPrediction> predictions =
                    predictor.PredictStream(texts, interruption).Select(told.Counted);
                if (file.EndsWith(VectorFile.Extension, StringComparison.OrdinalIgnoreCase))
                {
                    WriteVectors(stream, predictor.Labels.Count, predictions);
                }
                else
                {
                    WriteLines(stream, line, predictions);
                }
            });
            told.Tell(arguments.InputFile, predictor, terminal);
            return ExitCode.Done;
        }

        IAsyncEnumerable<Example> arriving = source.ReadAsync(predictor.Task, interruption);
        await foreach (TextPrediction answer in predictor.PredictAsync(arriving, interruption))
        {
            terminal.Out.WriteLine(line.Of(told.Counted(answer)));
        }

        told.Tell(arguments.InputFile, predictor, terminal);
        return ExitCode.Done;
    }

    private static void WriteLines(Stream stream, PredictionLine line, IEnumerable<TextPrediction> predictions)
    {
        using StreamWriter writer = new(stream, new UTF8Encoding(false), leaveOpen: true);
        foreach (TextPrediction prediction in predictions)
        {
            writer.Write(line.Of(prediction));
            writer.Write('\n');
        }
    }

    private static void WriteVectors(Stream stream, int width, IEnumerable<TextPrediction> predictions)
    {
        VectorFile vectors = new(stream, width);
        vectors.Start();
        foreach (TextPrediction prediction in predictions)
        {
            vectors.Add(prediction);
        }

        vectors.Finish();
    }
}
