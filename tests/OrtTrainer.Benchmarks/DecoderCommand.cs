using OrtTrainer.Cli;
using OrtTrainer.Cli.Rendering;

namespace OrtTrainer.Benchmarks;

/// <summary><c>decoder</c>: training steps of a GPT-2 against a plain graph with a plain AdamW.</summary>
internal static class DecoderCommand
{
    public static Task<int> RunAsync(DecoderArguments arguments, Terminal terminal, CancellationToken interruption)
    {
        DecoderResult result = DecoderBenchmark.Run(arguments.Size, arguments.Steps, interruption);
        terminal.WriteResult(result, Lines(result), arguments.Json);
        return Task.FromResult(ExitCode.Done);
    }

    private static IEnumerable<string> Lines(DecoderResult r) =>
    [
        .. StepLines.Of(r), .. ProfileLines.Of(r.Profile),
        FormattableString.Invariant(
            $"plain        {r.PlainMedian * 1e3:0.0} ms median, {r.PassMedian * 1e3:0.0} ms of it the passes, ")
            + $"{Figures.Bytes(r.PeakWithPlain)} at the peak of both",
        FormattableString.Invariant(
            $"ratio        {r.Ratio:0.000} of all time, {r.MedianRatio:0.000} median by batch, ")
            + FormattableString.Invariant($"{r.PassRatio:0.000} of the passes alone; below 1 is faster than plain"),
    ];
}
