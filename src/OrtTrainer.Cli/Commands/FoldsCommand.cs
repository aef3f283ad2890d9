using System.Globalization;
using System.Text.Json;
using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Rendering;
using OrtTrainer.Common;
using OrtTrainer.Options;
using OrtTrainer.Studies.Folds;

namespace OrtTrainer.Cli.Commands;

/// <summary><c>finetune --folds</c>: holds each part of the data out once, and scores all of them.</summary>
internal static class FoldsCommand
{
    public static async Task<int> RunAsync(
        FinetuneArguments arguments, Terminal terminal, CancellationToken interruption)
    {
        if (arguments.Given.FirstOrDefault(o => o is "--resume" or "--distributed" or "--exchange") is { } odd)
        {
            throw new UsageException($"{odd} is for one run; leave it out. The same command goes on with folds.");
        }

        FineTuneOptions options = FinetuneSettings.Of(arguments);
        RunSettings.RequireModel(options);
        bool speaks = !arguments.Quiet && !arguments.Json;
        try
        {
            FoldSummary summary = await CrossValidation.RunAsync(
                options, line => terminal.WriteLines(speaks ? [line] : []), interruption);
            terminal.WriteLines(arguments.Json ? [JsonSerializer.Serialize(summary, RunJson.Options)] : End(summary));
        }
        catch (OperationCanceledException) when (interruption.IsCancellationRequested)
        {
            terminal.Note("Interrupted; the same command goes on where it stopped.");
            return ExitCode.Interrupted;
        }

        if (speaks)
        {
            string folder = ShownPath.Of(options.Output);
            terminal.WriteLines(
            [
                "Predictions of all rows, none by a model that learned from it: "
                    + $"{folder}/{CrossValidation.PredictionsName}",
            ]);
        }

        return ExitCode.Done;
    }

    private static IEnumerable<string> End(FoldSummary summary)
    {
        yield return $"{summary.Scores.Count} folds, {summary.Examples} examples:";
        foreach ((string name, FoldMetric metric) in summary.Metrics)
        {
            yield return $"  {name,-20} {Shown(metric.Mean)} ± {Shown(metric.StandardDeviation)} a fold, "
                + $"{Shown(metric.Pooled)} of all at once";
        }
    }

    private static string Shown(double? value) => value?.ToString("0.0000", CultureInfo.InvariantCulture) ?? "–";
}
