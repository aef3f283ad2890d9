using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Distributed;
using OrtTrainer.Runtime.Updates;
using OrtTrainer.Training.Averaging;

namespace OrtTrainer.Training;

/// <summary>
/// What training changes: parameters, moments and average, each one flat buffer, and the count of steps.
/// </summary>
internal sealed class TrainingState : IDisposable
{
    private readonly WeightBuffer _parameters;
    private readonly AveragedWeights? _average;
    private readonly OptimizerOptions _options;
    private readonly WeightUpdates _updates;
    private bool _averageIsApart;
    private bool _statesAreApart;

    /// <param name="layout">Where each tensor lies in the buffers.</param>
    /// <param name="options">Which optimizer, and its settings.</param>
    /// <param name="average">Averages weights, in the same layout; null for no average. Disposed with this.</param>
    /// <param name="updates">Makes the optimizer, on the device of the weights; not disposed here.</param>
    public TrainingState(WeightLayout layout, OptimizerOptions options, AveragedWeights? average, WeightUpdates updates)
    {
        Layout = layout;
        _parameters = new WeightBuffer(updates.Device, layout.Length);
        Optimizer = options.Create(updates, layout);
        _options = options;
        _updates = updates;
        _average = average;
    }

    /// <summary>Where the weights and all that belongs to them lie.</summary>
    public Device Device => _parameters.Device;

    public WeightLayout Layout { get; }

    /// <summary>The live weights, up to date. Whoever keeps the buffer over a step asks anew before reading or changing
    /// it, because steps put off what nobody needs.</summary>
    public WeightBuffer Parameters
    {
        get
        {
            Optimizer.BringUpToDate();
            return _parameters;
        }
    }

    public Optimizer Optimizer { get; private set; }

    /// <summary>Steps of the optimizers before this one.</summary>
    public long EarlierSteps { get; private set; }

    /// <summary>The model that adapters are trained beside; null where its own weights are trained. Disposed with this.
    /// </summary>
    public AdaptedWeights? Adapted { get; init; }

    /// <summary>The weights that the training graph reads and that stay as they are: those of <see cref="Adapted"/>
    /// unless there are others, which are not disposed with this.</summary>
    public IFrozenWeights? Frozen { get => field ?? Adapted; set; }

    /// <summary>The averaged weights, as <see cref="Parameters"/>; null where the method has none.</summary>
    public AveragedWeights? Average
    {
        get
        {
            Optimizer.BringUpToDate();
            if (_averageIsApart)
            {
                _updates.Share.Ask(RankTask.CollectAverage);
                CollectAverage();
            }

            return _average;
        }
    }

    /// <summary>The optimizer's state, whole.</summary>
    public IReadOnlyList<OptimizerState> OptimizerStates
    {
        get
        {
            if (_statesAreApart)
            {
                _updates.Share.Ask(RankTask.CollectStates);
                CollectStates();
            }

            return Optimizer.States;
        }
    }

    /// <summary>The average's values of now; null where there is none yet.</summary>
    public WeightBuffer? CurrentAverage
    {
        get
        {
            if (Average is not { State.Count: > 0 } average)
            {
                return null;
            }

            average.Refresh();
            return average.Buffer;
        }
    }

    /// <summary>Scales the loss; null for products that need no scale.</summary>
    public LossScale? LossScale { get; init; }

    /// <summary>
    /// Steps of the run: those of the optimizer and of those before it, and those that were left out because of
    /// <see cref="LossScale"/>. By this count go the order of examples, dropout, the rate, evaluations and the steps
    /// that averages take in.
    /// </summary>
    public long Step => EarlierSteps + Optimizer.Steps + (LossScale?.SkippedSteps ?? 0);

    /// <summary>One step of optimizer and average; all ranks call it where there are several.</summary>
    /// <param name="gradients">The gradients, in the layout; only read.</param>
    /// <param name="nonZero">Blocks whose gradient may be other than zero; null where that is not known.</param>
    /// <param name="scale">Factor applied to every gradient, 0 or more.</param>
    /// <param name="rate">The learning rate, 0 or more.</param>
    /// <param name="averages">Whether the average takes the new weights in, where there is one.</param>
    public void Update(WeightBuffer gradients, BlockMap? nonZero, double scale, double rate, bool averages)
    {
        AveragedWeights? average = averages ? _average : null;
        double? share = average?.FusedShare;
        Optimizer.Step(new StepInputs
        {
            Parameters = _parameters,
            Gradients = gradients,
            NonZeroGradients = nonZero,
            GradientScale = scale,
            LearningRate = rate,
            Average = share is null ? null : average!.Buffer,
            AverageWeight = share ?? 0,
        });
        if (Optimizer.UpdatesShare && !_updates.Share.IsWhole)
        {
            _updates.Share.Spread(Layout, _parameters);
            _statesAreApart = true;
            _averageIsApart |= share is not null;
        }

        if (share is null)
        {
            average?.Update(Parameters, Step);
        }
        else
        {
            average!.Record(Step);
        }

        LossScale?.AddStep();
    }

    /// <summary>Goes on with another optimizer of the same kind.</summary>
    /// <param name="layout">The same tensors at the same places, with rates of their own.</param>
    /// <param name="keepsState">Whether it takes up the moments and the count of the one before; otherwise it begins
    /// like that of a new run.</param>
    public void ChangeOptimizer(WeightLayout layout, bool keepsState)
    {
        Optimizer next = _options.Create(_updates, layout);
        if (keepsState)
        {
            foreach ((OptimizerState before, OptimizerState state) in Optimizer.States.Zip(next.States))
            {
                state.Values.CopyFrom(before.Values);
            }

            next.Restore(Optimizer.Steps);
        }
        else
        {
            Optimizer.BringUpToDate();
            EarlierSteps += Optimizer.Steps;
        }

        Optimizer.Dispose();
        Optimizer = next;
    }

    /// <summary>Takes up a saved run, after all buffers were filled.</summary>
    /// <param name="step">Its <see cref="Step"/>.</param>
    /// <param name="scale">Of its loss; null for products that need no scale.</param>
    /// <param name="earlierSteps">Its <see cref="EarlierSteps"/>.</param>
    public void Restore(long step, LossScaleState? scale, long earlierSteps = 0)
    {
        EarlierSteps = earlierSteps;
        if (scale is { } saved)
        {
            LossScale!.Restore(saved);
        }

        Optimizer.Restore(step - earlierSteps - (LossScale?.SkippedSteps ?? 0));
    }

    /// <summary>Completes the average on the first of several ranks; all of them call it.</summary>
    public void CollectAverage()
    {
        _updates.Share.Collect(Layout, _average!.Buffer);
        _averageIsApart = false;
    }

    /// <summary>Completes the optimizer's state on the first of several ranks; all of them call it.</summary>
    public void CollectStates()
    {
        _updates.Share.Collect(Layout, Optimizer.States.Select(state => state.Values));
        _statesAreApart = false;
    }

    public void Dispose()
    {
        _parameters.Dispose();
        Optimizer.Dispose();
        _average?.Dispose();
        Adapted?.Dispose();
    }
}
