using OrtTrainer.Runtime;
using OrtTrainer.Optimization;

namespace OrtTrainer.Averaging;

/// <summary>
/// A running average of all trainable weights, in float32 beside the live ones. Normally the optimizer brings it up to
/// date in the pass that updates the weights: give it <see cref="Values"/> and <see cref="NextShare"/>, then call <see
/// cref="Record"/>.
/// </summary>
public sealed class WeightAverage : IDisposable
{
    private readonly AveragingRule _rule;
    private readonly NativeBuffer _values;

    /// <summary>Allocates the average; it holds nothing of use until the first update.</summary>
    public WeightAverage(FlatParameters layout, AveragingRule rule)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(rule);
        _rule = rule;
        _values = new NativeBuffer(layout.Length);
    }

    /// <summary>
    /// The average, in the layout of the weights; to be filled before <see cref="Restore"/> when resuming.
    /// </summary>
    public Span<float> Values => _values.Span;

    /// <summary>The same as a buffer that sessions can read in place.</summary>
    public NativeBuffer Buffer => _values;

    /// <summary>How often and when it was updated.</summary>
    public AverageState State { get; private set; }

    /// <summary>The share of the weights in the next update, in [0, 1]; 1 copies.</summary>
    public double NextShare => _rule.ShareAt(State.Count);

    /// <summary>Notes that <see cref="Values"/> was updated with <see cref="NextShare"/>.</summary>
    /// <param name="step">Optimizer steps done; more than at the last update.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is not beyond the last one averaged.</exception>
    public void Record(long step)
    {
        CheckIsNext(step);
        State = new AverageState(State.Count + 1, State.Count == 0 ? step : State.FirstStep, step);
    }

    /// <summary>Updates the average in a pass of its own; the same bits as the optimizer's fused pass gives.</summary>
    /// <param name="weights">The live weights, in the same layout.</param>
    /// <param name="step">Optimizer steps done; more than at the last update.</param>
    public void Update(ReadOnlySpan<float> weights, long step)
    {
        CheckIsNext(step);
        WeightBlend.Towards(weights, Values, (float)NextShare);
        Record(step);
    }

    /// <summary>Takes up a saved average, after <see cref="Values"/> was filled.</summary>
    public void Restore(AverageState state)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(state.Count);
        State = state;
    }

    /// <inheritdoc/>
    public void Dispose() => _values.Dispose();

    private void CheckIsNext(long step)
    {
        if (step <= State.LastStep)
        {
            throw new ArgumentOutOfRangeException(
                nameof(step), step, $"Step {step} cannot be averaged after step {State.LastStep}: each counts once.");
        }
    }
}
