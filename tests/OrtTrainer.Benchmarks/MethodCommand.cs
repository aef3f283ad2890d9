using OrtTrainer.Benchmarking;
using OrtTrainer.Cli;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Methods;

namespace OrtTrainer.Benchmarks;

/// <summary><c>methods</c>: steps of other losses against plain fine-tuning.</summary>
internal static class MethodCommand
{
    public static Task<int> RunAsync(MethodArguments arguments, Terminal terminal, CancellationToken interruption)
    {
        string methods = arguments.MethodNames;
        if (arguments.Train is null)
        {
            throw new UsageException("--methods needs --train F: losses are compared on data.");
        }

        StepBenchmarkOptions options = arguments.Steps;
        IReadOnlyList<MethodTime> times = OptionErrors.Guard(typeof(MethodArguments), () => MethodBenchmark.Run(
            options, [.. methods.Split(',').Select(FineTuneMethod.Parse)], interruption));
        terminal.WriteResult(times, Lines(times), arguments.Json);
        return Task.FromResult(ExitCode.Done);
    }

    private static IEnumerable<string> Lines(IReadOnlyList<MethodTime> times)
    {
        int width = times.Max(t => t.Method.Length) + 2;
        return times.Select(t =>
            FormattableString.Invariant($"{t.Method.PadRight(width)}{t.StepMedian * 1e3,8:0.0} ms median, ")
            + FormattableString.Invariant(
                $"{t.Ratio:0.000} of all plain time, {t.MedianRatio:0.000} median by batch"));
    }
}
