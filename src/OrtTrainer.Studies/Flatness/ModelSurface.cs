using OrtTrainer.Evaluation;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks;
using OrtTrainer.Training;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Studies.Flatness;

/// <summary>The task loss of a model over a fixed set of examples, without dropout.</summary>
internal sealed class ModelSurface : ILossSurface, IDisposable
{
    private readonly EncodedDataset _data;
    private readonly TaskGradient _gradient;
    private readonly Evaluator _evaluator;

    /// <param name="architecture">The model's.</param>
    /// <param name="task">What the outputs mean.</param>
    /// <param name="data">The examples.</param>
    /// <param name="metric">Scores the outputs.</param>
    /// <param name="execution">Threads and kernels.</param>
    public ModelSurface(
        Architecture architecture, ModelTask task, EncodedDataset data, Metric metric,
        ExecutionOptions execution)
    {
        _data = data;
        PackedGraph graph = PackedGraph.Evaluation(architecture, task.Head(data.Targets.Outputs));
        _gradient = new TaskGradient(architecture, task, data, execution);
        _evaluator = new Evaluator(new EvaluationSession(graph, execution), task, metric);
    }

    /// <inheritdoc/>
    public WeightBuffer Point => _gradient.Weights;

    /// <inheritdoc/>
    public SurfaceValue Measure(CancellationToken cancellation = default)
    {
        EvaluationScores scores = _evaluator.Evaluate(Point, _data, cancellation);
        return new SurfaceValue(scores.Values["loss"], scores.Score);
    }

    /// <inheritdoc/>
    public void Differentiate(WeightBuffer gradient, CancellationToken cancellation = default) =>
        _gradient.Run(gradient, cancellation);

    public void Dispose()
    {
        _evaluator.Dispose();
        _gradient.Dispose();
    }
}
