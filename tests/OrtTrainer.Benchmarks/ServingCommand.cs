using OrtTrainer.Cli;
using OrtTrainer.Cli.Rendering;
using OrtTrainer.Data;
using OrtTrainer.Prediction;

namespace OrtTrainer.Benchmarks;

/// <summary><c>serving</c>: a server under load, against the predictor that it serves.</summary>
internal static class ServingCommand
{
    public static async Task<int> RunAsync(
        ServingArguments arguments, Terminal terminal, CancellationToken interruption)
    {
        PredictorOptions options = new();
        options = arguments.Threads is { } threads
            ? options with { Execution = options.Execution with { IntraOpThreads = threads } }
            : options;
        using Predictor predictor = Predictor.Open(arguments.ModelFolder, options);
        if (arguments.Bad is { } bad)
        {
            await BadRequestsBenchmark.RunAsync(predictor, bad, terminal.Out.WriteLine, interruption);
            return ExitCode.Done;
        }

        string[] texts =
            [.. TableReader.Read(arguments.TextFile, new TableOptions()).Select(row => row.Text(arguments.TextColumn))];
        ServingResult result = await ServingBenchmark.RunAsync(predictor, texts, arguments, interruption);
        terminal.WriteResult(result, Lines(result), arguments.Json);
        return ExitCode.Done;
    }

    private static IEnumerable<string> Lines(ServingResult r)
    {
        yield return $"{Figures.Count(r.Texts)} texts, {r.Threads} threads, {r.Rounds} turns of each";
        yield return $"predictor     {Figures.Count(r.Predictor),7} texts/s, all texts in one call";
        foreach (ServingLoad load in r.Loads)
        {
            yield return $"{load.Clients,3} clients   {Figures.Count(load.Requests),7} requests/s, "
                + FormattableString.Invariant($"{load.Ratio:0.00} times the predictor, ")
                + FormattableString.Invariant($"p50 {load.P50 * 1e3:0.0} ms, p99 {load.P99 * 1e3:0.0} ms, ")
                + FormattableString.Invariant($"{load.BatchTexts:0.0} texts a batch, {load.Wrong} wrong answers");
        }
    }
}
