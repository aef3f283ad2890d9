using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Training.Averaging;
using OrtTrainer.Training.Optimizers;

namespace OrtTrainer.Training;

/// <summary>
/// What training changes: parameters, moments and average, each one flat buffer, and the count of steps.
/// </summary>
public sealed class TrainingState : IDisposable
{
    /// <param name="layout">Where each tensor lies in the buffers.</param>
    /// <param name="options">AdamW's settings.</param>
    /// <param name="average">Averages weights, in the same layout; null for no average. Disposed with this.</param>
    /// <param name="loop">The threads of optimizer steps; not disposed here.</param>
    public TrainingState(FlatParameters layout, AdamWOptions options, AveragedWeights? average, ChunkedLoop loop)
    {
        Layout = layout;
        Parameters = new NativeBuffer(layout.Length);
        Optimizer = new FlatAdamW(layout, options, loop);
        Average = average;
    }

    public FlatParameters Layout { get; }

    /// <summary>The live weights.</summary>
    public NativeBuffer Parameters { get; }

    public FlatAdamW Optimizer { get; }

    /// <summary>The averaged weights; null where the method has none.</summary>
    public AveragedWeights? Average { get; }

    /// <summary>The average's values of now; null where there is none yet.</summary>
    public NativeBuffer? CurrentAverage
    {
        get
        {
            if (Average is not { State.Count: > 0 })
            {
                return null;
            }

            Average.Refresh();
            return Average.Buffer;
        }
    }

    /// <summary>Optimizer steps done.</summary>
    public long Step => Optimizer.Steps;

    public void Dispose()
    {
        Parameters.Dispose();
        Optimizer.Dispose();
        Average?.Dispose();
    }
}
