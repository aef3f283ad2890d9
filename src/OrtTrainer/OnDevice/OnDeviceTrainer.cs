using OrtTrainer.Artifacts;
using OrtTrainer.Common;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.OnDevice;
using OrtTrainer.Training;
using OrtTrainer.Training.Averaging;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;
using OrtTrainer.Training.Schedules;

namespace OrtTrainer.OnDevice;

/// <summary>
/// The optimizer steps of a run by ONNX Runtime's own training session: padded batches in the order of the run, its
/// rate, and its average over the flat buffer of the session.
/// </summary>
internal sealed class OnDeviceTrainer : ITrainer
{
    /// <summary>The checkpoint with the last weights and the optimizer.</summary>
    public const string TrainedName = "checkpoint.trained";

    /// <summary>The checkpoint with the averaged weights.</summary>
    public const string AveragedName = "checkpoint.averaged";

    private readonly TrainerOptions _options;
    private readonly IReadOnlyList<TokenizedExample> _examples;
    private readonly TrainingObjective _objective;
    private readonly TrainingState _state;
    private readonly OnDeviceOptimizer _optimizer;
    private readonly LearningRateSchedule _schedule;
    private readonly AveragingPlan? _averaging;
    private readonly EpochOrder _order;
    private readonly TrainingLibrary _library;
    private readonly Func<ArtifactOptions> _artifacts;
    private OnDeviceSession? _session;
    private WeightBuffer? _flat;
    private OnDeviceBatch? _batch;
    private string _folder = "";

    /// <param name="options">Batch size, accumulation and seed.</param>
    /// <param name="examples">The training examples.</param>
    /// <param name="objective">Their targets and what is drawn of them; the loss itself is in the files.</param>
    /// <param name="state">What training changes, with an <see cref="OnDeviceOptimizer"/>.</param>
    /// <param name="schedule">The learning rate of each step.</param>
    /// <param name="averaging">When weights are averaged; null for never.</param>
    /// <param name="library">Takes the steps.</param>
    /// <param name="artifacts">What its files are made of, with the weights of the time.</param>
    /// <exception cref="RunException">No files can be made of it.</exception>
    public OnDeviceTrainer(
        TrainerOptions options, IReadOnlyList<TokenizedExample> examples, TrainingObjective objective,
        TrainingState state, LearningRateSchedule schedule, AveragingPlan? averaging, TrainingLibrary library,
        Func<ArtifactOptions> artifacts)
    {
        _options = options;
        _examples = examples;
        _objective = objective;
        _state = state;
        _optimizer = (OnDeviceOptimizer)state.Optimizer;
        _schedule = schedule;
        _averaging = averaging;
        _library = library;
        _artifacts = artifacts;
        TrainingArtifacts.Require(artifacts());
        _order = options.OrderOf(examples);
    }

    /// <summary>Writes the files and loads them.</summary>
    /// <inheritdoc/>
    public void Begin(string folder)
    {
        ArtifactOptions options = _artifacts();
        ArtifactManifest manifest = TrainingArtifacts.Write(folder, options with
        {
            OptimizerState = _optimizer.ToState,
        });
        string In(string name) => Path.Combine(folder, name);
        _session = new OnDeviceSession(
            _library, In(TrainingArtifacts.CheckpointName), In(TrainingArtifacts.TrainingName),
            In(TrainingArtifacts.EvaluationName), In(TrainingArtifacts.OptimizerName),
            _options.Execution.IntraOpThreads);
        StoredParameters parameters = new(manifest.Parameters, options.Layout);
        Require(manifest, parameters);
        RequireSize(parameters.Length);
        _flat = new WeightBuffer(Device.Default, parameters.Length);
        _batch = new OnDeviceBatch(
            _session.InputNames, options.Head, options.Task.Distribution,
            Architecture.PaddingIdOf(options.Architecture.Config));
        _optimizer.Open(_session, parameters, _flat, folder);
        _folder = folder;
    }

    /// <inheritdoc/>
    public StepReport Step()
    {
        long step = _state.Step;
        ReadOnlySpan<int> taken = _order.ExamplesOf(step);
        int count = taken.Length;
        (IReadOnlyList<TokenizedExample> examples, TrainingObjective objective, int[] indices) =
            _objective.OfStep(_examples, taken, step);
        float loss = Accumulate(examples, objective, indices);
        double rate = _schedule.RateAt(step);
        RequireFinite(step, loss, rate);
        bool averages = _averaging?.IsDue(step + 1) == true;

        // The session has the gradients: the optimizer here reads none.
        _state.Update(_state.Parameters, nonZero: null, scale: 1, rate, averages);
        if (averages && _state.Average is SlowWeights)
        {
            _optimizer.Send(_state.Parameters);
        }

        return new StepReport(
            _state.Step, new LossParts(loss), GradientNorm: double.NaN, rate, count / _options.GroupSize,
            indices.Sum(index => examples[index].Tokens));
    }

    /// <summary>Leaves the last weights with the optimizer, and the averaged ones, as checkpoints.</summary>
    /// <inheritdoc/>
    public void End()
    {
        if (_session is null)
        {
            return;
        }

        _session.SaveCheckpoint(Path.Combine(_folder, TrainedName), withOptimizer: true);
        if (_state.CurrentAverage is { } average)
        {
            _optimizer.Send(average);
            _session.SaveCheckpoint(Path.Combine(_folder, AveragedName), withOptimizer: false);
        }

        _optimizer.Close();
    }

    public void Dispose()
    {
        _session?.Dispose();
        _flat?.Dispose();
    }

    /// <summary>Runs the passes of a step. The session adds their gradients up, so that each pass has the loss times
    /// its share of what is learned from.</summary>
    private float Accumulate(
        IReadOnlyList<TokenizedExample> examples, TrainingObjective objective, int[] indices)
    {
        OnDeviceBatch batch = _batch ?? throw new InvalidOperationException("The trainer was not begun.");
        float all = objective.MeanScale(indices);
        float loss = 0;
        foreach (int[] pass in indices.Chunk(_options.PerPass))
        {
            float own = objective.MeanScale(pass);
            float share = own == 0 ? 0 : all / own;
            loss += _session!.TrainStep(batch.Of(examples, pass, objective.Targets, share));
        }

        return loss;
    }

    private void Require(ArtifactManifest manifest, StoredParameters parameters)
    {
        string[] expected = [.. manifest.Inputs.Select(input => input.Name)];
        if (!_session!.InputNames.SequenceEqual(expected))
        {
            throw new RunException($"{_library.Path}: the session takes {string.Join(", ", _session.InputNames)}; " +
                $"expected {string.Join(", ", expected)}, as in {TrainingArtifacts.TrainingName}. Take another build.");
        }

        if (_session.BufferLength(trainableOnly: true) is var length && length != parameters.Length)
        {
            throw new RunException($"{_library.Path}: the session trains {length} numbers; expected " +
                $"{parameters.Length}, as in {TrainingArtifacts.ManifestName}. Take another build.");
        }
    }

    // Moments lie in the checkpoint's one file, with offsets of 32 bits, whatever lies beside it.
    private void RequireSize(long trained)
    {
        long bytes = sizeof(float) * trained * (1 + _optimizer.States.Count);
        if (bytes > int.MaxValue)
        {
            throw new RunException($"A checkpoint of the session with its optimizer would have {bytes} bytes; the " +
                $"runtime writes {int.MaxValue} at most. Train fewer layers (--layers-trainable), or leave --engine " +
                "out.");
        }
    }

    private static void RequireFinite(long step, float loss, double rate)
    {
        if (!float.IsFinite(loss))
        {
            throw new RunException(FormattableString.Invariant(
                $"Step {step + 1}: the loss is {loss}; it must be finite. The learning rate is {rate:G3}: ") +
                "try a lower one, a longer warm-up, or clipping.");
        }
    }
}
