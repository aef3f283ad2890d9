using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Updates;
using OrtTrainer.Training.Averaging;

namespace OrtTrainer.Training;

/// <summary>
/// What training changes: parameters, moments and average, each one flat buffer, and the count of steps.
/// </summary>
internal sealed class TrainingState : IDisposable
{
    /// <param name="layout">Where each tensor lies in the buffers.</param>
    /// <param name="options">Which optimizer, and its settings.</param>
    /// <param name="average">Averages weights, in the same layout; null for no average. Disposed with this.</param>
    /// <param name="updates">Makes the optimizer, on the device of the weights; not disposed here.</param>
    public TrainingState(WeightLayout layout, OptimizerOptions options, AveragedWeights? average, WeightUpdates updates)
    {
        Layout = layout;
        Parameters = new WeightBuffer(updates.Device, layout.Length);
        Optimizer = options.Create(updates, layout);
        Average = average;
    }

    /// <summary>Where the weights and all that belongs to them lie.</summary>
    public Device Device => Parameters.Device;

    public WeightLayout Layout { get; }

    /// <summary>The live weights.</summary>
    public WeightBuffer Parameters { get; }

    public Optimizer Optimizer { get; }

    /// <summary>The averaged weights; null where the method has none.</summary>
    public AveragedWeights? Average { get; }

    /// <summary>The average's values of now; null where there is none yet.</summary>
    public WeightBuffer? CurrentAverage
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
