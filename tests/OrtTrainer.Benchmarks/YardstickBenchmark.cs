using OrtTrainer.Benchmarking;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Models;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Benchmarks;

/// <summary>
/// Times whole training steps (dropout, clipping, AdamW and averaging in every step) against the yardstick's forward
/// and backward pass, batch by batch in one process: on a shared machine only such a ratio means anything.
/// </summary>
internal sealed class YardstickBenchmark : IAlternative
{
    private readonly YardstickSession _session;
    private YardstickBatch? _batch;

    private YardstickBenchmark(string path, PretrainedModel model, int threads) =>
        _session = new YardstickSession(path, model.Architecture.Shape, threads);

    /// <summary>Measures.</summary>
    /// <param name="options">The training steps.</param>
    /// <param name="yardstick">The yardstick graph of the model's size.</param>
    /// <param name="cancellation">Stops between steps.</param>
    /// <exception cref="OrtTrainerException">The model or the data cannot be used, or the yardstick is of another
    /// size.</exception>
    public static YardstickResult Run(
        StepBenchmarkOptions options, string yardstick, CancellationToken cancellation = default)
    {
        (StepBenchmarkResult result, StepTimes times) = StepBenchmark.Run(
            options, model => new YardstickBenchmark(yardstick, model, options.Threads), cancellation);
        return new YardstickResult(result, times);
    }

    public void Prepare(
        IReadOnlyList<TokenizedExample> examples, TaskTargets targets, ReadOnlySpan<int> indices) =>
        _batch = new YardstickBatch(examples, targets, indices, _session.Classes);

    public void Run() => _ = _session.Run(_batch!);

    public void Dispose() => _session.Dispose();
}
