using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Cli.Rendering;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Evaluation;
using OrtTrainer.Generation;
using OrtTrainer.Prediction;
using OrtTrainer.Runs;
using OrtTrainer.Tasks;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Cli.Commands;

/// <summary><c>evaluate</c>: the scores of a fine-tuned model on labelled data, of masked tokens on texts, or of what a
/// model writes.</summary>
internal static class EvaluateCommand
{
    public static Task<int> RunAsync(EvaluateArguments arguments, Terminal terminal, CancellationToken interruption)
    {
        // A wrong option is told before a model is opened.
        (string model, string file, _) = (arguments.ModelFolder, arguments.DataFile, arguments.Table);
        GenerationOptions? writing = WrittenScores.Asked(arguments);
        OutputFile.Require(arguments, file);
        PredictorOptions options = InferenceSettings.Predictor(arguments);
        using Predictor predictor = InferenceSettings.Open(model, options, arguments, terminal);
        ModelTask task = predictor.Task;
        arguments.RequireNoColumns(task);
        if (writing is not null)
        {
            WrittenScores.Require(task);
        }

        if (arguments.Metric is { } name)
        {
            _ = OptionErrors.Guard(typeof(EvaluateArguments), () => task.FindMetric(name));
        }

        FolderCalibration.Require(arguments, task);
        DataOptions table = WithColumnsOf(model, arguments.DataOf(file, task), interruption);
        DataOptions labeled = OptionErrors.Guard(typeof(EvaluateArguments), () => table with
        {
            MaskShare = arguments.MaskShare,
            WholeWordMasking = arguments.WholeWordMasking,
            BlankLineDocuments = arguments.BlankLineDocuments,
            SeparateDocuments = arguments.SeparateDocuments,
            SplitSeed = (ulong)(arguments.Seed ?? 1),
        });
        EncodedDataset data = predictor.Load(labeled, terminal.Note, interruption);
        using IDisposable? held = data.Inputs as IDisposable;
        data = arguments.Limit < data.Count ? data.Take([.. Enumerable.Range(0, arguments.Limit.Value)]) : data;
        (Metric metric, EvaluationScores scores) =
            predictor.Evaluate(data, arguments.Metric, terminal.Note, interruption);
        if (writing is not null)
        {
            // What writes is opened anew, and is not to lie in memory beside what has scored.
            predictor.Dispose();
            GenerationScores written =
                WrittenScores.Of(arguments, writing, options.Precision, data.Source, interruption);
            scores = scores with
            {
                Values = new Dictionary<string, double>(scores.Values.Concat(written.Values.Select(
                    score => KeyValuePair.Create(score.Name, score.Value)))),
            };
        }

        Print(arguments, file, scores, metric, terminal.Out, FolderCalibration.Of(arguments, predictor, scores));
        return Task.FromResult(ExitCode.Done);
    }

    /// <summary>Names the columns that the model was trained on where the command names none and the file has
    /// them.</summary>
    private static DataOptions WithColumnsOf(string model, DataOptions data, CancellationToken cancellation)
    {
        TrainedColumns? columns = TrainedColumns.Of(model);
        if (columns is null
            || columns == new TrainedColumns(data.Columns.Text, data.Columns.Pair, data.Columns.Label)
            || TableReader.Read(data.Train, data.Table, note: null, cancellation).FirstOrDefault() is not { } first)
        {
            return data;
        }

        TrainedColumns there = columns.In(first.Columns);
        return data with
        {
            TextColumn = data.TextColumn ?? there.Text,
            PairColumn = data.PairColumn ?? there.Pair,
            LabelColumn = data.LabelColumn ?? there.Label,
        };
    }

    private static void Print(
        EvaluateArguments arguments, string file, EvaluationScores scores, Metric metric, TextWriter output,
        FolderCalibration? calibration)
    {
        if (arguments.Json)
        {
            JsonObject line = JsonSerializer.SerializeToNode(
                new { Metric = metric.Name, scores.Score, Examples = scores.Examples.Count, scores.Values },
                RunJson.Options)!.AsObject();
            calibration?.AddTo(line);
            output.WriteLine(line.ToJsonString(RunJson.Options));
            return;
        }

        if (arguments.Metric is not null)
        {
            output.WriteLine(Figures.Score(scores.Score));
            return;
        }

        output.WriteLine($"{Figures.Count(scores.Examples.Count)} examples of {file}");
        foreach ((string name, double value) in scores.Values)
        {
            output.WriteLine($"  {name,-18} {Figures.Score(value)}");
        }

        foreach (string line in calibration?.Lines() ?? [])
        {
            output.WriteLine(line);
        }
    }
}
