using System.Text.Json;
using OrtTrainer.Benchmarking;
using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Cli.Rendering;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Methods;
using OrtTrainer.Tasks;
using OrtTrainer.Text;

namespace OrtTrainer.Cli.Commands;

/// <summary><c>bench</c>: training steps against the yardstick, or a tokenizer's speed.</summary>
internal static class BenchCommand
{
    public static Task<int> RunAsync(BenchArguments arguments, Terminal terminal, CancellationToken interruption)
    {
        if (arguments.Tokenizer is { } folder)
        {
            string[] texts = [.. TableReader
                .Read(arguments.TokenizerText, new TableOptions { Format = DataFormat.Lines })
                .Select(row => row.Values[0]).Where(text => text.Length > 0)];
            TokenizerBenchmarkResult result = TokenizerBenchmark.Run(
                Tokenizer.Load(folder), texts, arguments.Threads ?? Environment.ProcessorCount, interruption);
            Print(arguments, terminal, result, Lines(result));
        }
        else if (arguments.Methods is { } methods)
        {
            if (arguments.Train is null || arguments.Yardstick is not null)
            {
                throw new UsageException(
                    "--methods needs --train F and compares with plain fine-tuning; leave --yardstick out.");
            }

            StepBenchmarkOptions options = Options(arguments);
            IReadOnlyList<MethodTime> times = OptionErrors.Guard(typeof(BenchArguments), () => MethodBenchmark.Run(
                options, [.. methods.Split(',').Select(FineTuneMethod.Parse)], interruption));
            Print(arguments, terminal, times, Lines(times));
        }
        else
        {
            StepBenchmarkResult result = StepBenchmark.Run(Options(arguments), interruption);
            Print(arguments, terminal, result, Lines(result));
        }

        return Task.FromResult(ExitCode.Done);
    }

    private static StepBenchmarkOptions Options(BenchArguments arguments)
    {
        string model = ModelFolder.Require(arguments.ModelFolder);
        if (arguments.Train is null == arguments.FullLength is null)
        {
            throw new UsageException(
                "give either --train F, examples to make batches of, or --full-length N, random ones.");
        }

        TableOptions table = arguments.Table;
        ModelTask task = Words.Task("--task", arguments.Task) ?? ModelTask.Default;
        return OptionErrors.Guard(typeof(BenchArguments), () =>
        {
            StepBenchmarkOptions defaults = new() { Model = model };
            return defaults with
            {
                Data = arguments.Train is { } train
                    ? new DataOptions
                    {
                        Train = train,
                        Task = task,
                        TextColumn = arguments.TextColumn,
                        PairColumn = arguments.PairColumn,
                        LabelColumn = arguments.LabelColumn,
                        LabelSeparator = arguments.LabelSeparator ?? "|",
                        Table = table,
                    }
                    : null,
                Yardstick = arguments.Yardstick,
                Batches = arguments.Batches ?? defaults.Batches,
                BatchSize = arguments.BatchSize ?? defaults.BatchSize,
                MaxLength = arguments.MaxLength ?? defaults.MaxLength,
                FullLength = arguments.FullLength,
                Threads = arguments.Threads ?? defaults.Threads,
                Kernels = !arguments.NoKernels,
                Seed = arguments.Seed ?? defaults.Seed,
            };
        });
    }

    private static void Print<T>(BenchArguments arguments, Terminal terminal, T result, IEnumerable<string> lines) =>
        terminal.WriteLines(arguments.Json ? [JsonSerializer.Serialize(result, RunJson.Options)] : lines);

    private static IEnumerable<string> Lines(StepBenchmarkResult r)
    {
        yield return FormattableString.Invariant(
            $"batches      {r.Batches}, {Figures.Count(r.Tokens)} tokens, ")
            + FormattableString.Invariant($"{r.PaddingShare:0.0%} padding as rows of equal length");
        yield return FormattableString.Invariant(
            $"step         {r.StepMedian * 1e3:0.0} ms median, {Figures.Count(r.TokensPerSecond)} tokens/s, ")
            + $"{r.Threads} threads";
        if (r.Ratio is { } ratio)
        {
            yield return FormattableString.Invariant($"yardstick    {r.YardstickMedian * 1e3:0.0} ms median");
            yield return FormattableString.Invariant(
                $"ratio        {ratio:0.000} of all time, {r.MedianRatio:0.000} median by batch; ")
                + "below 1 is faster than the yardstick";
        }

        yield return FormattableString.Invariant(
            $"averaging    {r.AveragingSeconds * 1e3:0.00} ms in every step, {r.AveragingShare:0.0%} of it");
        yield return $"memory       {Figures.Bytes(r.PeakMemory)} at the peak, before the yardstick was loaded";
        yield return $"kernels      {(r.Kernels.Count == 0 ? "none: function bodies" : string.Join(", ", r.Kernels))}";
    }

    private static IEnumerable<string> Lines(IReadOnlyList<MethodTime> times)
    {
        int width = times.Max(t => t.Method.Length) + 2;
        foreach (MethodTime t in times)
        {
            yield return FormattableString.Invariant(
                $"{t.Method.PadRight(width)}{t.StepMedian * 1e3,8:0.0} ms median, ")
                + FormattableString.Invariant(
                    $"{t.Ratio:0.000} of all plain time, {t.MedianRatio:0.000} median by batch");
        }
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
