using System.Security.Cryptography;
using System.Text;
using OrtTrainer.Common;
using OrtTrainer.Compilation;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Updates;
using OrtTrainer.Training;
using OrtTrainer.Training.Averaging;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;
using OrtTrainer.Training.Schedules;

namespace OrtTrainer.Packs;

/// <summary>
/// Trains a pack: the frozen layers run once over all texts and are let go of, and the engine's trainer does the rest.
/// The same call goes on where it was killed, or where a limit stopped it.
/// </summary>
internal sealed class PackTraining : IDisposable
{
    private readonly Pack _pack;
    private readonly PackTrainingOptions _options;
    private readonly PackLimits _limits;
    private readonly ExecutionOptions _execution;
    private readonly TrainingGraph _graph;
    private readonly PackedGraph _evaluation;
    private readonly WeightUpdates _updates;
    private readonly TrainingState _state;
    private FrozenWeights? _frozen;

    /// <param name="pack">What is trained.</param>
    /// <param name="options">How.</param>
    /// <param name="clock">Tells the time; null for the system's.</param>
    public PackTraining(Pack pack, PackTrainingOptions options, TimeProvider? clock = null)
    {
        (_pack, _options, _limits) = (pack, options, new PackLimits(options, clock ?? TimeProvider.System));
        _execution = new() { IntraOpThreads = options.Threads };
        _graph = pack.Graphs.Training();
        _evaluation = pack.Graphs.Evaluation(_graph.Layout);
        _updates = Device.Default.CreateUpdates(options.Threads);
        _state = new(
            _graph.Layout.Weights, new AdamWOptions(),
            new WeightAverage(Device.Default, _graph.Layout.Weights, new EqualShares()), _updates);
        pack.Graphs.Load(pack.Weights, _graph.Layout, _state.Parameters, options.Seed);
    }

    /// <summary>Trains, and writes the model.</summary>
    /// <param name="report">Told of every step.</param>
    /// <param name="cancellation">Ends it between two steps, with a checkpoint.</param>
    /// <exception cref="OrtTrainerException">Data, pack or limits do not allow it; the message says what to
    /// do.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public PackOutcome Run(Action<StepReport> report, CancellationToken cancellation)
    {
        PackData data = PackData.Read(_pack, _options, cancellation);
        TokenizedExample[] all = [.. data.Train.Inputs, .. data.Test?.Inputs ?? []];
        _limits.Require(PackLimits.Estimate(_pack.Graphs.Manifest, all, _options.BatchSize));
        TokenizedExample[] known = StatesOf(all, cancellation);
        TokenizedExample[] examples = known[..data.Train.Inputs.Count];
        _frozen = FrozenWeights.Load(_pack.Graphs, _graph.Frozen.Concat(_evaluation.Frozen), _pack.Weights);
        _state.Frozen = _frozen;

        TrainingObjective objective = new(
            OutputDistribution.Categorical, new ExampleTargets(data.Train.Source.Targets));
        long perEpoch = (examples.Length + _options.BatchSize - 1) / _options.BatchSize;
        long total = Math.Max(1, RunLength.StepsOf(_options.Epochs, perEpoch));
        PackCheckpoints checkpoints = new(_options.Output, _state, Fingerprint(total));
        long resumed = checkpoints.Restore();
        string? stopped = Train(examples, objective, total, perEpoch, checkpoints, report, cancellation);

        WeightBuffer best = _state.CurrentAverage ?? _state.Parameters;
        PackOutcome outcome = new(_state.Step, total, _state.Average!.State.Count, resumed, stopped)
        {
            Accuracy = Score(data, known, _state.Parameters),
            AveragedAccuracy = _state.CurrentAverage is { } average ? Score(data, known, average) : null,
        };
        new PackResult(_pack, _graph).Write(best, data.Labels, _options.Output);
        if (stopped is null)
        {
            checkpoints.Remove();
        }

        return outcome;
    }

    public void Dispose()
    {
        _frozen?.Dispose();
        _state.Dispose();
        _updates.Dispose();
    }

    private string? Train(
        TokenizedExample[] examples, TrainingObjective objective, long total, long perEpoch,
        PackCheckpoints checkpoints, Action<StepReport> report, CancellationToken cancellation)
    {
        TrainerOptions options = new(
            _options.BatchSize, Accumulation: 1, _options.ClipNorm, _options.Seed, _execution);
        using Trainer trainer = new(
            options, examples, new GradientAccumulator(_graph, options, objective, _state), _state,
            new LinearSchedule(_options.LearningRate, RunLength.StepsOf(_options.Warmup, total), total),
            new AveragingPlan { TotalSteps = total, StartFraction = _options.AverageFrom }, _updates);
        long every = _options.CheckpointEvery ?? perEpoch;
        string? stopped = null;
        while (_state.Step < total && !cancellation.IsCancellationRequested && (stopped = _limits.Reached()) is null)
        {
            report(trainer.Step());
            if (_state.Step % every == 0)
            {
                checkpoints.Save();
            }
        }

        if (_state.Step > 0 && _state.Step < total)
        {
            checkpoints.Save();
        }

        cancellation.ThrowIfCancellationRequested();
        return _state.Step > 0 ? stopped : throw new RunException(
            $"--{stopped} was reached before the first step: nothing is trained and nothing written. Allow more.");
    }

    /// <summary>The texts with what the frozen layers give for them.</summary>
    private TokenizedExample[] StatesOf(TokenizedExample[] examples, CancellationToken cancellation)
    {
        CompiledFile file = _pack.Graphs.Manifest.Find(GraphRole.Frozen)!;
        ParameterLayout layout = _pack.Graphs.Layout();
        using WeightBuffer weights = new(Device.Default, layout.Length);
        _pack.Graphs.Load(_pack.Weights, layout, weights);
        using FrozenLayers layers = new(
            _pack.Graphs.Graph(GraphRole.Frozen), file, layout, weights, _execution);
        return layers.Over(examples, cancellation);
    }

    private double? Score(PackData data, TokenizedExample[] known, WeightBuffer weights)
    {
        if (data.Test is null)
        {
            return null;
        }

        using EvaluationSession session = new(_evaluation, _execution, _frozen);
        LargestOutputs largest = new(data.Test.Inputs.Count);
        session.Run(weights, known[data.Train.Inputs.Count..], largest);
        return largest.Share(new ExampleTargets(data.Test.Source.Targets));
    }

    /// <summary>What must be the same for a training to go on.</summary>
    private string Fingerprint(long total)
    {
        PackTrainingOptions same = _options with
        {
            Output = "", Test = null, Threads = 1, CheckpointEvery = null, MaxSeconds = null, MaxMemory = null,
        };
        byte[] data = SHA256.HashData(File.ReadAllBytes(_options.Train));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
            $"{same} {total} {Convert.ToHexStringLower(data)} {_pack.Fingerprint}")));
    }
}
