using System.Diagnostics;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Updates;
using OrtTrainer.Training;
using OrtTrainer.Training.Averaging;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Buckets;
using OrtTrainer.Training.Schedules;

namespace OrtTrainer.Benchmarking;

/// <summary>
/// Times whole training steps: dropout, clipping, AdamW and averaging in every step. An alternative may take turns with
/// them, batch by batch in one process: on a shared machine only a ratio of two times means anything.
/// </summary>
internal sealed class StepBenchmark : IDisposable
{
    private const double LearningRate = 5e-5;

    private readonly StepBenchmarkOptions _options;
    private readonly PretrainedModel _model;
    private readonly BenchmarkData _data;
    private readonly WeightUpdates _updates;
    private readonly TrainingGraph _graph;
    private readonly TrainingState _state;
    private readonly TrainingObjective _objective;
    private readonly Trainer _trainer;
    private readonly RunRecording? _recording;
    private readonly List<string> _notes = [];

    private StepBenchmark(StepBenchmarkOptions options, PretrainedModel model, CancellationToken cancellation)
    {
        _options = options;
        _model = model;
        _data = BenchmarkData.Of(options, model, cancellation);
        _updates = Device.Named(options.Device).CreateUpdates(options.Threads);
        _objective = new TrainingObjective(_data.Distribution, new ExampleTargets(_data.Targets));
        _graph = TrainingGraph.Build(
            model.Architecture, _data.Head, _objective, precision: Execution.Products, recompute: options.Recompute);
        WeightLayout layout = _graph.Layout.Weights;
        WeightAverage average = new(_updates.Device, layout, new EqualShares());
        _state = new TrainingState(layout, new AdamWOptions(), average, _updates)
        {
            LossScale = Execution.Products.NeedsLossScale ? new LossScale() : null,
        };
        _ = model.Load(_graph.Layout, _state.Parameters, options.Seed);
        _recording = RunRecording.Of(
            options.CudaGraphs, _graph, _objective, Settings(Execution), _data.Examples,
            steps: (2 * options.Batches) + 1, _notes.Add);
        _trainer = TrainerOn(Gradients(Execution));
    }

    private ExecutionOptions Execution => new()
    {
        IntraOpThreads = _options.Threads, UseKernels = _options.Kernels, Precision = _options.Precision,
        Device = _updates.Device,
    };

    /// <summary>Measures.</summary>
    /// <param name="options">What to measure.</param>
    /// <param name="cancellation">Stops between steps, or while data are read.</param>
    /// <exception cref="RunException">The model cannot be used.</exception>
    /// <exception cref="CheckpointException">A file of the model is missing or damaged.</exception>
    /// <exception cref="DataFileException">The data cannot be used.</exception>
    public static StepBenchmarkResult Run(StepBenchmarkOptions options, CancellationToken cancellation = default) =>
        Run(options, alternative: null, cancellation).Result;

    /// <summary>Measures, an alternative taking turns with the steps.</summary>
    /// <param name="options">What to measure.</param>
    /// <param name="alternative">Makes it for the model, after the steps' peak of memory was read; null for
    /// none.</param>
    /// <param name="cancellation">Stops between steps, or while data are read.</param>
    /// <inheritdoc cref="Run(StepBenchmarkOptions, CancellationToken)" path="/exception"/>
    public static (StepBenchmarkResult Result, StepTimes Times) Run(
        StepBenchmarkOptions options, Func<PretrainedModel, IAlternative>? alternative, CancellationToken cancellation)
    {
        options.RequireDevice();
        using PretrainedModel model = PretrainedModel.Open(options.Model, options.FromScratch);
        using StepBenchmark benchmark = new(options, model, cancellation);
        return benchmark.Measure(alternative, cancellation);
    }

    public void Dispose()
    {
        _trainer.Dispose();
        _state.Dispose();
        _updates.Dispose();
    }

    private TrainerOptions Settings(ExecutionOptions execution) =>
        new(_options.BatchSize, Accumulation: 1, ClipNorm: 1, _options.Seed, execution)
        {
            // Nodes that are played back have no times of their own.
            Recording = execution.Profile ? null : _recording,
        };

    private GradientAccumulator Gradients(ExecutionOptions execution) =>
        new(_graph, Settings(execution), _objective, _state);

    private Trainer TrainerOn(IGradientSource gradients) => new(
        Settings(Execution), _data.Examples, gradients, _state, new ConstantSchedule(LearningRate),
        new AveragingPlan { TotalSteps = long.MaxValue, StartFraction = 0 }, _updates);

    private (StepBenchmarkResult Result, StepTimes Times) Measure(
        Func<PretrainedModel, IAlternative>? alternative, CancellationToken cancellation)
    {
        // As many steps as are timed later: the first batches of every length make the runtime allocate, and the peak
        // should be seen.
        for (int i = 0; i < _options.Batches; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            _trainer.Step();
        }

        long peak = PeakMemory.Read();
        StepTimes times = Alternate(alternative, cancellation);
        using WeightBuffer gradients = new(_state.Device, _state.Layout.Length);
        using GradientSession session = new(_graph, Execution, _state.Parameters, gradients);
        Differentiate(session);
        double added = new AveragingCost(_state, _updates).Measure(gradients, cancellation);
        StepBenchmarkResult result = new(
            _options.Batches, times.Tokens, 1 - ((double)times.Tokens / times.Slots), _options.Threads, session.Kernels,
            Median.Of(times.Step), times.Step.Sum(), added, peak, times.Loss)
        {
            Device = _state.Device.Name,
            Buckets = _recording?.Plan.Buckets.Count,
            BucketPadding = _recording?.Plan.Waste,
            Notes = _notes,
            Profile = _options.Profile ? Profile(times.Step.Average(), cancellation) : null,
        };
        return (result, times);
    }

    /// <summary>Profiles as many steps as were timed, in a session of their own: profiling slows steps.</summary>
    private StepProfile Profile(double plainStepSeconds, CancellationToken cancellation)
    {
        GradientAccumulator gradients = Gradients(Execution with { Profile = true });
        using TimedGradients timed = new(gradients);
        using Trainer trainer = TrainerOn(timed);
        ProfiledSteps steps = new(_model.Architecture.Shape.Width);
        for (int i = -_options.Batches; i < _options.Batches; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            ReadOnlySpan<int> indices = trainer.Order.ExamplesOf(_state.Step);
            long started = Stopwatch.GetTimestamp();
            StepReport report = trainer.Step();
            if (i >= 0)
            {
                steps.Step.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
                steps.Gradients.Add(timed.Seconds);
                steps.SquaredLengths.Add(SquaredLengths(indices));
                steps.Tokens += report.Tokens;
            }
        }

        return steps.Profile(
            [.. gradients.EndProfiling().TakeLast(_options.Batches)], Machine.Current(),
            _state.Device.MeasurePeak(_options.Threads), plainStepSeconds);
    }

    private double SquaredLengths(ReadOnlySpan<int> indices)
    {
        double sum = 0;
        foreach (int index in indices)
        {
            sum += Math.Pow(_data.Examples[index].InputIds.Length, 2);
        }

        return sum;
    }

    /// <summary>Leaves the gradients of the next batch in the buffer the session writes to.</summary>
    private void Differentiate(GradientSession session)
    {
        ReadOnlySpan<int> indices = _trainer.Order.ExamplesOf(_state.Step);
        PackedBatch batch = new();
        batch.Fill(_data.Examples, indices, _objective);
        session.Run(batch, _objective.MeanScale(indices), DropoutKey.For(_options.Seed, _state.Step));
    }

    private StepTimes Alternate(Func<PretrainedModel, IAlternative>? make, CancellationToken cancellation)
    {
        StepTimes times = new();
        using IAlternative? alternative = make?.Invoke(_model);
        for (int i = -1; i < _options.Batches; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            ReadOnlySpan<int> indices = _trainer.Order.ExamplesOf(_state.Step);
            alternative?.Prepare(_data.Examples, _data.Targets, indices);
            if (i < 0)
            {
                // The first run lets it allocate, as the steps did before.
                alternative?.Run();
                continue;
            }

            times.Slots += indices.Length * LongestOf(indices);

            // Taking turns in going first shares out what one leaves behind for the other, in caches and clock rate.
            if (i % 2 == 0)
            {
                TimeStep(times);
                TimeAlternative(times, alternative);
            }
            else
            {
                TimeAlternative(times, alternative);
                TimeStep(times);
            }
        }

        return times;
    }

    private long LongestOf(ReadOnlySpan<int> indices)
    {
        long longest = 0;
        foreach (int index in indices)
        {
            longest = Math.Max(longest, _data.Examples[index].InputIds.Length);
        }

        return longest;
    }

    private void TimeStep(StepTimes times)
    {
        long started = Stopwatch.GetTimestamp();
        StepReport report = _trainer.Step();
        times.Step.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
        times.Tokens += report.Tokens;
        times.Loss = report.Loss;
    }

    private static void TimeAlternative(StepTimes times, IAlternative? alternative)
    {
        if (alternative is not null)
        {
            long started = Stopwatch.GetTimestamp();
            alternative.Run();
            times.Alternative.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
        }
    }
}
