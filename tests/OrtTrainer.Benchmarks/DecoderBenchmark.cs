using System.Diagnostics;
using OrtTrainer.Benchmarking;
using OrtTrainer.Data;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Benchmarks;

/// <summary>
/// Times whole training steps of a GPT-2 with random weights (dropout, clipping, AdamW and averaging in every step)
/// against the passes of <see cref="PlainDecoder"/> with <see cref="PlainAdamW"/>, batch by batch in one process.
/// </summary>
internal sealed class DecoderBenchmark : IAlternative
{
    private readonly PlainDecoderSession _session;
    private readonly PlainAdamW _update;
    private readonly List<double> _passes = [];

    private DecoderBenchmark(DecoderSize size, int threads)
    {
        _session = new PlainDecoderSession(size, threads);
        _update = new PlainAdamW(_session.Parameters, _session.Gradients, threads);
    }

    /// <summary>Measures.</summary>
    /// <param name="size">Of model and batches.</param>
    /// <param name="options">The training steps; their model and batches are those of the size.</param>
    /// <param name="cancellation">Stops between steps.</param>
    public static DecoderResult Run(
        DecoderSize size, StepBenchmarkOptions options, CancellationToken cancellation = default)
    {
        string folder = Directory.CreateTempSubdirectory("decoder").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "config.json"), size.Config);
            DecoderBenchmark? plain = null;
            (StepBenchmarkResult result, StepTimes times) = StepBenchmark.Run(
                options with
                {
                    Model = folder,
                    FromScratch = true,
                    NextTokens = true,
                    FullLength = size.Length,
                    BatchSize = size.BatchSize,
                },
                _ => plain = new DecoderBenchmark(size, options.Threads), cancellation);
            return new DecoderResult(result, times, [.. plain!._passes.Skip(1)], PeakMemory.Read());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public void Prepare(IReadOnlyList<TokenizedExample> examples, TaskTargets targets, ReadOnlySpan<int> indices) =>
        _session.Prepare(examples, (TokenTargets)targets, indices);

    public void Run()
    {
        long started = Stopwatch.GetTimestamp();
        _ = _session.Run();
        _passes.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
        _update.Step();
    }

    public void Dispose() => _session.Dispose();
}
