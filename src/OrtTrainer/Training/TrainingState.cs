using OrtTrainer.Averaging;
using OrtTrainer.Optimization;
using OrtTrainer.Runtime;

namespace OrtTrainer.Training;

/// <summary>
/// What training changes: parameters, moments and average, each one flat buffer, and the count of steps.
/// </summary>
public sealed class TrainingState : IDisposable
{
    /// <param name="layout">Where each tensor lies in the buffers.</param>
    /// <param name="options">AdamW's settings.</param>
    /// <param name="rule">How weights are averaged; null for no average.</param>
    /// <param name="loop">The threads of optimizer steps; not disposed here.</param>
    public TrainingState(FlatParameters layout, AdamWOptions options, AveragingRule? rule, ChunkedLoop loop)
    {
        Layout = layout;
        Parameters = new NativeBuffer(layout.Length);
        Optimizer = new FlatAdamW(layout, options, loop);
        Average = rule is null ? null : new WeightAverage(layout, rule);
    }

    public FlatParameters Layout { get; }

    /// <summary>The live weights.</summary>
    public NativeBuffer Parameters { get; }

    public FlatAdamW Optimizer { get; }

    /// <summary>The averaged weights; null where the method has none.</summary>
    public WeightAverage? Average { get; }

    /// <summary>Optimizer steps done.</summary>
    public long Step => Optimizer.Steps;

    public void Dispose()
    {
        Parameters.Dispose();
        Optimizer.Dispose();
        Average?.Dispose();
    }
}
