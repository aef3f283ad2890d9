using OrtTrainer.Cli;
using OrtTrainer.Cli.Rendering;

namespace OrtTrainer.Benchmarks;

/// <summary><c>yardstick</c>: training steps against the yardstick.</summary>
internal static class YardstickCommand
{
    public static Task<int> RunAsync(YardstickArguments arguments, Terminal terminal, CancellationToken interruption)
    {
        YardstickResult result = YardstickBenchmark.Run(arguments.Steps, arguments.YardstickFile, interruption);
        terminal.WriteResult(result, Lines(result), arguments.Json);
        return Task.FromResult(ExitCode.Done);
    }

    private static IEnumerable<string> Lines(YardstickResult r) =>
    [
        .. StepLines.Of(r),
        FormattableString.Invariant($"yardstick    {r.YardstickMedian * 1e3:0.0} ms median"),
        FormattableString.Invariant(
            $"ratio        {r.Ratio:0.000} of all time, {r.MedianRatio:0.000} median by batch; ")
            + "below 1 is faster than the yardstick",
    ];
}
