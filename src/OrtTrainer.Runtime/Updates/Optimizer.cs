using OrtTrainer.Common;

namespace OrtTrainer.Runtime.Updates;

/// <summary>
/// An optimizer over flat buffers. A step gives the same bits on any number of threads. The state is made of the
/// buffers in <see cref="States"/> and the count in <see cref="Steps"/>, nothing else: filling both and calling <see
/// cref="Restore"/> continues a run bit for bit.
/// </summary>
public abstract class Optimizer : IDisposable
{
    /// <param name="layout">Where the tensors lie.</param>
    protected Optimizer(WeightLayout layout)
    {
        ArgumentNullException.ThrowIfNull(layout);
        Layout = layout;
    }

    /// <summary>Where the tensors lie.</summary>
    public WeightLayout Layout { get; }

    /// <summary>Whether a step updates this process's share of the buffers only, weights, state and average, where
    /// several processes share a run; otherwise it updates them whole.</summary>
    public virtual bool UpdatesShare => false;

    /// <summary>Steps done so far.</summary>
    public long Steps { get; private set; }

    /// <summary>The state in float32, to save and to fill when resuming; owned by the optimizer.</summary>
    public IReadOnlyList<OptimizerState> States
    {
        get
        {
            BringUpToDate();
            FetchStates();
            return Buffers;
        }
    }

    /// <summary>The buffers of <see cref="States"/>, up to date or not.</summary>
    protected abstract IReadOnlyList<OptimizerState> Buffers { get; }

    /// <summary>
    /// Updates the parameters in place, and the average where one is given. Blocks of sparse segments without a
    /// gradient may be left behind, where <see cref="StepInputs.NonZeroGradients"/> names those that have one: they are
    /// as they should be after <see cref="BringUpToDate()"/>, which the caller asks for before anything else reads or
    /// changes these buffers, and while they are there to write to.
    /// </summary>
    /// <exception cref="ArgumentException">A buffer's length differs from the layout's.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Rate, scale or average weight is negative or not a
    /// number.</exception>
    public void Step(in StepInputs inputs)
    {
        CheckLength(inputs.Parameters, nameof(StepInputs.Parameters));
        CheckLength(inputs.Gradients, nameof(StepInputs.Gradients));
        if (inputs.Average is { } average)
        {
            CheckLength(average, nameof(StepInputs.Average));
        }

        if (inputs.NonZeroGradients is { } map && map.Blocks != Layout.Blocks)
        {
            throw new ArgumentException(
                $"{nameof(StepInputs.NonZeroGradients)} has {map.Blocks} blocks, the layout {Layout.Blocks}: " +
                "make the map from the optimizer's layout.");
        }

        OptionRange.AtLeast(inputs.LearningRate, 0, nameof(StepInputs.LearningRate));
        OptionRange.AtLeast(inputs.GradientScale, 0, nameof(StepInputs.GradientScale));
        OptionRange.Between(inputs.AverageWeight, 0, 1, nameof(StepInputs.AverageWeight));
        Update(inputs, Steps + 1);
        Steps++;
    }

    /// <summary>
    /// Does what steps have put off, in parameters, state and average: afterwards every bit is what it would be had
    /// nothing been put off.
    /// </summary>
    public virtual void BringUpToDate()
    {
    }

    /// <summary>
    /// Does what steps have put off in some rows of a sparse segment: those that the next step reads.
    /// </summary>
    /// <param name="table">The segment.</param>
    /// <param name="rows">Which rows, in any order, repeated or not.</param>
    /// <exception cref="ArgumentOutOfRangeException">A row is outside the table.</exception>
    public virtual void BringUpToDate(WeightSegment table, ReadOnlySpan<long> rows)
    {
    }

    /// <summary>Takes up a saved run, after the buffers of <see cref="States"/> were filled.</summary>
    /// <param name="steps">Steps that the saved run had done.</param>
    public void Restore(long steps)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        Steps = steps;
        OnStateReplaced();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (OptimizerState state in Buffers)
        {
            state.Values.Dispose();
        }

        DisposeOwn();
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what the optimizer has beside the buffers of <see cref="States"/>.</summary>
    protected virtual void DisposeOwn()
    {
    }

    /// <summary>Brings the buffers of <see cref="States"/> here, where the state lies elsewhere.</summary>
    protected virtual void FetchStates()
    {
    }

    /// <summary>One step; lengths and ranges are checked.</summary>
    /// <param name="inputs">Weights, gradients and average.</param>
    /// <param name="step">The number of this step, counted from 1.</param>
    protected abstract void Update(in StepInputs inputs, long step);

    /// <summary>Derives again whatever is derived from the state.</summary>
    protected virtual void OnStateReplaced()
    {
    }

    private void CheckLength(WeightBuffer buffer, string name)
    {
        if (buffer.Length != Layout.Length)
        {
            throw new ArgumentException(
                $"{name} has {buffer.Length} elements, the layout {Layout.Length} (tensors are padded to whole " +
                $"blocks of {WeightLayout.BlockLength}): allocate it with the layout's length.");
        }
    }
}
