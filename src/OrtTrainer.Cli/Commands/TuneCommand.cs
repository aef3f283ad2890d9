using System.Globalization;
using System.Text.Json;
using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Rendering;
using OrtTrainer.Common;
using OrtTrainer.Studies;
using OrtTrainer.Studies.Tuning;

namespace OrtTrainer.Cli.Commands;

/// <summary><c>tune</c>: searches settings within a time, or goes on with a search.</summary>
internal static class TuneCommand
{
    public static async Task<int> RunAsync(TuneArguments arguments, Terminal terminal, CancellationToken interruption)
    {
        if (arguments.IsWorker)
        {
            using StreamReader input = new(terminal.Input);
            long until = long.Parse(arguments.Rest.Single(), CultureInfo.InvariantCulture);
            return await StudyWorker.RunAsync(input, terminal.Out, until == 0 ? null : until);
        }

        if (arguments is { Quiet: true, Json: true })
        {
            throw new UsageException("--quiet and --json exclude each other: events, or nothing but the verdict.");
        }

        TuneOptions options = TuneSettings.Of(arguments);
        Lines lines = new(arguments, terminal);
        TuneResult result;
        try
        {
            result = await Tuner.RunAsync(options, lines, interruption);
        }
        catch (OperationCanceledException) when (interruption.IsCancellationRequested)
        {
            terminal.Note("Interrupted; the same command goes on where it stopped.");
            return ExitCode.Interrupted;
        }

        TuneDocument.Write(result);
        if (arguments.Json)
        {
            lines.Report(new TuneEvent("finished", string.Join(' ', TuneDocument.Verdict(result)), result.Best.Number,
                result.Best.Score, result.State.Seconds));
        }
        else
        {
            terminal.WriteLines(End(result));
        }

        return ExitCode.Done;
    }

    private static IEnumerable<string> End(TuneResult result)
    {
        string folder = ShownPath.Of(result.Plan.Output);
        yield return "";
        foreach (string sentence in TuneDocument.Verdict(result))
        {
            yield return sentence;
        }

        yield return "";
        yield return $"Best settings: {TuneWords.Settings(result.Best.Settings)}";
        yield return $"The model is in {folder}/best, its options in {folder}/best.json, the report in "
            + $"{folder}/report.html. To predict with it:";
        yield return $"  {CliApp.Name} predict --model {folder}/best --input FILE";
    }

    /// <summary>Prints a line for each event.</summary>
    private sealed class Lines(TuneArguments arguments, Terminal terminal) : IProgress<TuneEvent>
    {
        public void Report(TuneEvent value)
        {
            if (arguments.Json)
            {
                terminal.Out.WriteLine(JsonSerializer.Serialize(value, RunJson.Options));
            }
            else if (!arguments.Quiet)
            {
                terminal.Out.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"{value.Seconds / 60,6:0.0} min  {value.Message}"));
            }
        }
    }
}
