using System.Diagnostics;
using OrtTrainer.Checkpoints;
using OrtTrainer.Data;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Training;
using OrtTrainer.Training.Averaging;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Optimizers;
using OrtTrainer.Training.Schedules;

namespace OrtTrainer.Benchmarking;

/// <summary>
/// Times whole training steps (dropout, clipping, AdamW and averaging in every step) against the yardstick's forward
/// and backward pass, batch by batch in one process: on a shared machine only such a ratio means anything.
/// </summary>
public sealed class StepBenchmark : IDisposable
{
    private const double LearningRate = 5e-5;

    private readonly StepBenchmarkOptions _options;
    private readonly PretrainedModel _model;
    private readonly BenchmarkData _data;
    private readonly ChunkedLoop _loop;
    private readonly PackedGraph _graph;
    private readonly TrainingState _state;
    private readonly TrainingObjective _objective;
    private readonly Trainer _trainer;

    private StepBenchmark(StepBenchmarkOptions options, PretrainedModel model)
    {
        _options = options;
        _model = model;
        _data = BenchmarkData.Of(options, model);
        _loop = new ChunkedLoop(options.Threads);
        _graph = TrainingGraph.Build(
            model.Architecture, model.Config, _data.Distribution, _data.Outputs);
        FlatParameters layout = _graph.Layout.ToFlat();
        _state = new TrainingState(layout, new AdamWOptions(), new WeightAverage(layout, new EqualShares()), _loop);
        _ = model.Load(_graph.Layout, _state.Parameters.Slice, options.Seed);
        TrainerOptions settings = new(options.BatchSize, Accumulation: 1, ClipNorm: 1, options.Seed, Execution);
        _objective = new TrainingObjective(_data.Distribution, new ExampleTargets(_data.Targets));
        _trainer = new Trainer(
            settings, _data.Examples, new GradientAccumulator(_graph, settings, _objective, _state), _state,
            new ConstantSchedule(LearningRate),
            new AveragingPlan { TotalSteps = long.MaxValue, StartFraction = 0 }, _loop);
    }

    private ExecutionOptions Execution => new() { IntraOpThreads = _options.Threads, UseKernels = _options.Kernels };

    /// <summary>Measures.</summary>
    /// <param name="options">What to measure.</param>
    /// <param name="cancellation">Stops between steps.</param>
    /// <exception cref="ModelException">The model cannot be used, or the yardstick is of another size.</exception>
    /// <exception cref="CheckpointException">A file of the model is missing or damaged.</exception>
    /// <exception cref="DataFileException">The data cannot be used.</exception>
    public static StepBenchmarkResult Run(StepBenchmarkOptions options, CancellationToken cancellation = default)
    {
        using PretrainedModel model = PretrainedModel.Open(options.Model);
        using StepBenchmark benchmark = new(options, model);
        return benchmark.Measure(cancellation);
    }

    public void Dispose()
    {
        _trainer.Dispose();
        _state.Dispose();
        _loop.Dispose();
    }

    private StepBenchmarkResult Measure(CancellationToken cancellation)
    {
        // As many steps as are timed later: the first batches of every length make the runtime allocate, and the peak
        // should be seen.
        for (int i = 0; i < _options.Batches; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            _trainer.Step();
        }

        long peak = PeakMemory.Read();
        StepTimes times = Alternate(cancellation);
        using NativeBuffer gradients = new(_state.Layout.Length);
        using GradientSession session = new(_graph, Execution, _state.Parameters, gradients);
        Differentiate(session);
        double added = new AveragingCost(_state, _loop).Measure(gradients, cancellation);
        bool compared = times.Yardstick.Count > 0;
        return new StepBenchmarkResult(
            _options.Batches, times.Tokens, 1 - ((double)times.Tokens / times.Slots), _options.Threads, session.Kernels,
            Median.Of(times.Step), times.Step.Sum(),
            compared ? Median.Of(times.Yardstick) : null, compared ? times.Yardstick.Sum() : null,
            compared ? Median.Of(times.Step.Zip(times.Yardstick, (step, yardstick) => step / yardstick)) : null,
            added, peak, times.Loss);
    }

    /// <summary>Leaves the gradients of the next batch in the buffer the session writes to.</summary>
    private void Differentiate(GradientSession session)
    {
        ReadOnlySpan<int> indices = _trainer.Order.ExamplesOf(_state.Step);
        PackedBatch batch = new();
        batch.Fill(_data.Examples, indices, _objective);
        session.Run(batch, _objective.MeanScale(indices), DropoutKey.For(_options.Seed, _state.Step));
    }

    private StepTimes Alternate(CancellationToken cancellation)
    {
        StepTimes times = new();
        using YardstickSession? yardstick = _options.Yardstick is { } path
            ? new YardstickSession(path, _model.Config, _options.Threads)
            : null;
        for (int i = -1; i < _options.Batches; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            YardstickBatch batch = new(
                _data.Examples, _data.Targets, _trainer.Order.ExamplesOf(_state.Step), yardstick?.Classes ?? 1);
            if (i < 0)
            {
                // The yardstick's first run lets it allocate, as ours did before.
                _ = yardstick?.Run(batch);
                continue;
            }

            // Taking turns in going first shares out what one leaves behind for the other, in caches and clock rate.
            if (i % 2 == 0)
            {
                TimeStep(times, batch);
                TimeYardstick(times, yardstick, batch);
            }
            else
            {
                TimeYardstick(times, yardstick, batch);
                TimeStep(times, batch);
            }
        }

        return times;
    }

    private void TimeStep(StepTimes times, YardstickBatch batch)
    {
        long started = Stopwatch.GetTimestamp();
        StepReport report = _trainer.Step();
        times.Step.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
        times.Tokens += report.Tokens;
        times.Slots += batch.Ids.Length;
        times.Loss = report.Loss;
    }

    private static void TimeYardstick(StepTimes times, YardstickSession? yardstick, YardstickBatch batch)
    {
        if (yardstick is not null)
        {
            long started = Stopwatch.GetTimestamp();
            _ = yardstick.Run(batch);
            times.Yardstick.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
        }
    }
}
