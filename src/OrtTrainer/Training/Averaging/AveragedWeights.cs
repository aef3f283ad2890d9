using OrtTrainer.Runtime;

namespace OrtTrainer.Training.Averaging;

/// <summary>
/// Weights made of those of many steps: what a run evaluates, saves and exports beside the live ones. Where they have a
/// <see cref="FusedShare"/>, the optimizer brings them up to date in the pass that updates the weights, and <see
/// cref="Record"/> notes it; otherwise <see cref="Update"/> takes a pass of its own.
/// </summary>
internal abstract class AveragedWeights : IDisposable
{
    /// <summary>Allocates the average; it holds nothing of use until the first update.</summary>
    protected AveragedWeights(Device device, WeightLayout layout)
    {
        ArgumentNullException.ThrowIfNull(layout);
        Buffer = new WeightBuffer(device, layout.Length);
    }

    /// <summary>The average in the layout of the weights, as a buffer that sessions can read in place.</summary>
    public WeightBuffer Buffer { get; }

    /// <summary>How often and when it was updated.</summary>
    public AverageState State { get; private set; }

    /// <summary>
    /// The share a of the weights in the next update <c>average += a (weights - average)</c>, in [0, 1], where that
    /// is all there is to it; null otherwise.
    /// </summary>
    public virtual double? FusedShare => null;

    /// <summary>
    /// What a checkpoint keeps beside <see cref="State"/>, by name; to be filled after <see cref="Restore"/>. Nothing
    /// before the first update.
    /// </summary>
    public virtual IReadOnlyList<(string Name, WeightBuffer Values)> Saved =>
        State.Count == 0 ? [] : [("average", Buffer)];

    /// <summary>Flat buffers held, 1 or more.</summary>
    public virtual int Buffers => 1;

    /// <summary>How the average comes from the weights, for whoever meets an exported file.</summary>
    public abstract string Formula { get; }

    /// <summary>Told the weights before the first step.</summary>
    public virtual void Start(WeightBuffer weights)
    {
    }

    /// <summary>Takes the weights in, in a pass of its own.</summary>
    /// <param name="weights">The live weights, in the same layout; only <see cref="SlowWeights"/> changes them.</param>
    /// <param name="step">Optimizer steps done; more than at the last update.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is not beyond the last one averaged.</exception>
    /// <exception cref="ArgumentException">The length differs from the layout's.</exception>
    public void Update(WeightBuffer weights, long step)
    {
        CheckIsNext(step);
        Take(weights);
        Record(step);
    }

    /// <summary>Notes that the weights after this step were taken in.</summary>
    /// <param name="step">Optimizer steps done; more than at the last update.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is not beyond the last one averaged.</exception>
    public void Record(long step)
    {
        CheckIsNext(step);
        State = new AverageState(State.Count + 1, State.Count == 0 ? step : State.FirstStep, step);
    }

    /// <summary>Brings <see cref="Buffer"/> up to date before somebody reads them.</summary>
    public virtual void Refresh()
    {
    }

    /// <summary>Takes up a saved average; the buffers of <see cref="Saved"/> are filled before or after.</summary>
    public void Restore(AverageState state)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(state.Count);
        State = state;
    }

    /// <inheritdoc/>
    public virtual void Dispose()
    {
        Buffer.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Takes the weights in; <see cref="State"/> is still that before.</summary>
    protected abstract void Take(WeightBuffer weights);

    private void CheckIsNext(long step)
    {
        if (step <= State.LastStep)
        {
            throw new ArgumentOutOfRangeException(
                nameof(step), step, $"Step {step} cannot be averaged after step {State.LastStep}: each counts once.");
        }
    }
}
