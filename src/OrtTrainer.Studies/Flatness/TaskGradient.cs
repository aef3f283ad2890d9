using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks;
using OrtTrainer.Training;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Studies.Flatness;

/// <summary>
/// The gradient of the mean task loss over a data set, without dropout, whatever objective the weights were trained
/// with. Batches are those of the data's order, so the sum over them is too.
/// </summary>
internal sealed class TaskGradient : IDisposable
{
    /// <summary>
    /// Examples per pass: many, because each pass clears and adds the gradients of all embeddings, yet few enough that
    /// activations stay well below the size of the weights' buffers.
    /// </summary>
    private const int BatchSize = 64;

    private readonly IReadOnlyList<TokenizedExample> _examples;
    private readonly TrainingObjective _objective;
    private readonly WeightBuffer _gradients;
    private readonly GradientSession _session;
    private readonly PackedBatch _batch = new();
    private readonly int[] _order;

    /// <param name="architecture">The model's.</param>
    /// <param name="task">What the outputs mean.</param>
    /// <param name="data">The examples.</param>
    /// <param name="execution">Threads and kernels.</param>
    public TaskGradient(
        Architecture architecture, ModelTask task, EncodedDataset data, ExecutionOptions execution)
    {
        _examples = data.Inputs;
        _objective = new TrainingObjective(task.Distribution, new ExampleTargets(data.Targets));
        TrainingGraph graph = TrainingGraph.Build(
            architecture, task.Head(data.Targets.Outputs), _objective, dropout: false);
        _order = [.. Enumerable.Range(0, data.Inputs.Count)];
        Weights = new WeightBuffer(execution.Device, graph.Layout.Length);
        _gradients = new WeightBuffer(execution.Device, graph.Layout.Length);
        _session = new GradientSession(graph, execution, Weights, _gradients);
    }

    /// <summary>Where the gradient is taken, [n]; filled by the caller.</summary>
    public WeightBuffer Weights { get; }

    /// <summary>Writes the gradient.</summary>
    /// <param name="sum">Overwritten, [n].</param>
    /// <param name="cancellation">Stops between batches.</param>
    public void Run(WeightBuffer sum, CancellationToken cancellation)
    {
        float scale = _objective.MeanScale(_order);
        sum.Clear();
        for (int start = 0; start < _order.Length; start += BatchSize)
        {
            cancellation.ThrowIfCancellationRequested();
            int length = Math.Min(BatchSize, _order.Length - start);
            _batch.Fill(_examples, _order.AsSpan(start, length), _objective);
            _session.Run(_batch, scale, default);
            sum.Device.Arithmetic.Add(sum, _gradients, sum);
        }
    }

    public void Dispose()
    {
        _session.Dispose();
        _gradients.Dispose();
        Weights.Dispose();
    }
}
