using OrtTrainer.Cli;
using OrtTrainer.Cli.Rendering;

namespace OrtTrainer.Benchmarks;

/// <summary><c>inference</c>: from texts to logits, against plain ONNX Runtime.</summary>
internal static class InferenceCommand
{
    public static Task<int> RunAsync(InferenceArguments arguments, Terminal terminal, CancellationToken interruption)
    {
        InferenceResult result = InferenceBenchmark.Run(arguments.Steps, interruption);
        terminal.WriteResult(result, Lines(result), arguments.Json);
        return Task.FromResult(ExitCode.Done);
    }

    private static IEnumerable<string> Lines(InferenceResult r)
    {
        int width = r.Ways.Max(way => way.Name.Length) + 2;
        yield return $"{Figures.Count(r.Batches)} batches of {r.BatchSize}, {Figures.Count(r.Tokens)} tokens, "
            + $"{r.Threads} threads";
        foreach (InferenceTime way in r.Ways)
        {
            yield return way.Name.PadRight(width)
                + FormattableString.Invariant($"{way.BatchMedian * 1e3,8:0.00} ms median, ")
                + FormattableString.Invariant($"{way.PerToken * 1e6,6:0.0} us a token, ")
                + FormattableString.Invariant($"{way.Ratio:0.00} times plain ONNX Runtime's speed, ")
                + FormattableString.Invariant($"logits differ by {way.Difference:0.0e+0} at most");
        }
    }
}
