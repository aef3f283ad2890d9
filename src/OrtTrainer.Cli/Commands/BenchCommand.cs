using OrtTrainer.Benchmarking;
using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Rendering;
using OrtTrainer.Data;
using OrtTrainer.Text;

namespace OrtTrainer.Cli.Commands;

/// <summary><c>bench</c>: the speed and memory of training steps, or a tokenizer's speed.</summary>
internal static class BenchCommand
{
    public static Task<int> RunAsync(BenchArguments arguments, Terminal terminal, CancellationToken interruption)
    {
        if (arguments.Tokenizer is { } folder)
        {
            string[] texts = [.. TableReader
                .Read(arguments.TokenizerText, new TableOptions { Format = DataFormat.Lines }, null, interruption)
                .Select(row => row.Values[0]).Where(text => text.Length > 0)];
            TokenizerBenchmarkResult result = TokenizerBenchmark.Run(
                Tokenizer.Load(folder), texts, arguments.Threads ?? Environment.ProcessorCount, interruption);
            terminal.WriteResult(result, Lines(result), arguments.Json);
        }
        else
        {
            StepBenchmarkResult result = StepBenchmark.Run(arguments.Steps, interruption);
            terminal.WriteResult(result, [.. StepLines.Of(result), .. ProfileLines.Of(result.Profile)], arguments.Json);
        }

        return Task.FromResult(ExitCode.Done);
    }

    private static IEnumerable<string> Lines(TokenizerBenchmarkResult r)
    {
        yield return
            $"texts        {Figures.Count(r.Texts)}, {Figures.Bytes(r.Bytes)}, {Figures.Count(r.Tokens)} tokens";
        yield return FormattableString.Invariant($"1 thread     {r.SingleMegabytesPerSecond:0.0} MB/s");
        yield return FormattableString.Invariant(
            $"{$"{r.Threads} threads",-13}{r.ThreadedMegabytesPerSecond:0.0} MB/s");
    }
}
