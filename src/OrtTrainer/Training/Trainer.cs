using OrtTrainer.Runtime.Updates;
using OrtTrainer.Training.Averaging;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;
using OrtTrainer.Training.Schedules;

namespace OrtTrainer.Training;

/// <summary>
/// One optimizer step, from examples to averaged weights: gradients of the packed batches, clip, optimizer and average
/// in one pass over memory.
/// </summary>
internal sealed class Trainer : ITrainer
{
    private readonly TrainerOptions _options;
    private readonly IReadOnlyList<TokenizedExample> _examples;
    private readonly TrainingState _state;
    private readonly IGradientSource _gradients;
    private readonly GradientNorm _norm;
    private readonly LearningRateSchedule _schedule;
    private readonly AveragingPlan? _averaging;

    /// <param name="options">Batch size, clipping, seed and execution.</param>
    /// <param name="examples">The training examples.</param>
    /// <param name="gradients">Where gradients come from; disposed with this.</param>
    /// <param name="state">What training changes.</param>
    /// <param name="schedule">The learning rate of each step.</param>
    /// <param name="averaging">When weights are averaged; null for never.</param>
    /// <param name="updates">Makes the norm of the gradients; not disposed here.</param>
    public Trainer(
        TrainerOptions options, IReadOnlyList<TokenizedExample> examples, IGradientSource gradients,
        TrainingState state, LearningRateSchedule schedule, AveragingPlan? averaging, WeightUpdates updates)
    {
        _options = options;
        _examples = examples;
        _state = state;
        _schedule = schedule;
        _averaging = averaging;
        _gradients = gradients;
        _norm = updates.CreateNorm(state.Layout);
        Order = options.OrderOf(examples);
    }

    /// <summary>Which examples each step takes.</summary>
    public EpochOrder Order { get; }

    /// <inheritdoc/>
    public StepReport Step()
    {
        long step = _state.Step;
        ReadOnlySpan<int> indices = Order.ExamplesOf(step);

        (LossParts loss, int tokens) = _gradients.Run(_examples, indices, step);
        float? lossScale = _state.LossScale?.Value;
        double unscale = 1 / (double)(lossScale ?? 1);
        double norm = _norm.Measure(_gradients.Values, _gradients.Written) * unscale;
        double rate = _schedule.RateAt(step);
        bool isFinite = float.IsFinite(loss.Total) && double.IsFinite(norm);
        if (isFinite)
        {
            double clip = _options.ClipNorm is { } maximum ? GradientClipping.Coefficient(norm, maximum) : 1;
            bool averages = _averaging?.IsDue(step + 1) == true;
            _state.Update(_gradients.Values, _norm.NonZero, clip * unscale, rate, averages);
        }
        else
        {
            LeaveOut(step, loss.Total, norm);
        }

        return new StepReport(_state.Step, loss, norm, rate, indices.Length / _options.GroupSize, tokens)
        {
            LossScale = lossScale,
            IsSkipped = !isFinite,
        };
    }

    public void Dispose() => _gradients.Dispose();

    /// <summary>Leaves a step out where the scale of the loss may be why it is not finite.</summary>
    private void LeaveOut(long step, float loss, double norm)
    {
        string found = $"Step {step + 1}: the loss is {loss} and the gradient norm {norm}; both must be finite. ";
        if (_state.LossScale is not { } scale)
        {
            throw new DivergenceException(found +
                $"The learning rate is {_schedule.RateAt(step):G3}: try a lower one, a longer warm-up, or clipping.");
        }

        if (scale.IsExhausted)
        {
            throw new DivergenceException(found +
                $"The loss is scaled by {scale.Value:G3} for fp16, and less does not help. Take bf16 or tf32, or a " +
                $"lower learning rate than {_schedule.RateAt(step):G3}.");
        }

        scale.AddOverflow();
    }
}
