using OrtTrainer.Cli;
using OrtTrainer.Cli.Rendering;

namespace OrtTrainer.Benchmarks;

/// <summary><c>generation</c>: tokens a second, against plain ONNX Runtime.</summary>
internal static class GenerationCommand
{
    public static Task<int> RunAsync(GenerationArguments arguments, Terminal terminal, CancellationToken interruption)
    {
        GenerationResult result = GenerationBenchmark.Run(arguments, interruption);
        terminal.WriteResult(result, Lines(result), arguments.Json);
        return Task.FromResult(ExitCode.Done);
    }

    private static IEnumerable<string> Lines(GenerationResult r)
    {
        int width = r.Ways.Max(way => way.Name.Length) + 2;
        yield return FormattableString.Invariant(
            $"{r.BatchSize} texts at a time, prompts of {r.PromptTokens:0.#} tokens, {r.NewTokens} tokens written, ")
            + $"{r.Threads} threads";
        foreach (GenerationTime way in r.Ways)
        {
            yield return way.Name.PadRight(width)
                + FormattableString.Invariant($"{way.PerSecond,8:0.0} tokens/s, ")
                + FormattableString.Invariant($"{way.Ratio:0.00} times plain ONNX Runtime's speed, ")
                + FormattableString.Invariant($"{way.SameTexts:0%} of texts the same ")
                + $"({Figures.Count(way.Rounds, "round")})";
        }
    }
}
