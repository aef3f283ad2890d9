using OrtTrainer.Benchmarking;
using OrtTrainer.Cli;
using OrtTrainer.Cli.Rendering;
using TorchSharp;

namespace OrtTrainer.Benchmarks.TorchSharp;

/// <summary><c>torchsharp</c>: training steps against TorchSharp's.</summary>
internal static class TorchCommand
{
    public static Task<int> RunAsync(TorchArguments arguments, Terminal terminal, CancellationToken interruption)
    {
        StepBenchmarkOptions options = arguments.Steps;
        TorchLibrary.Load(options.Threads);
        TorchSteps? torch = null;
        (StepBenchmarkResult steps, StepTimes times) = StepBenchmark.Run(
            options, model => torch = new TorchSteps(model.Architecture.Shape), interruption);
        TorchResult result = new(steps, times, torch!);
        terminal.WriteResult(result, Lines(result), arguments.Json);
        return Task.FromResult(ExitCode.Done);
    }

    private static IEnumerable<string> Lines(TorchResult r) =>
    [
        .. StepLines.Of(r),
        $"torch        {Version}, float32, padded",
        .. r.Variants.Select(variant => FormattableString.Invariant(
            $"             {variant.StepMedian * 1e3:0.0} ms median with {variant.Name}, ")
            + FormattableString.Invariant($"{variant.TotalRatio:0.00} of all our time, ")
            + FormattableString.Invariant($"{variant.MedianRatio:0.00} median by batch")),
        FormattableString.Invariant($"ratio        {r.Ratio:0.00} of TorchSharp's faster way; above 1 is faster here"),
    ];

    private static string Version => $"TorchSharp {typeof(torch).Assembly.GetName().Version!.ToString(3)}";
}
