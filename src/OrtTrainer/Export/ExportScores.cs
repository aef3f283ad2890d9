using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Evaluation;
using OrtTrainer.Prediction;
using OrtTrainer.Randomness;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Export;

/// <summary>
/// How the graphs of an export do on labeled data, as ONNX Runtime runs them with its own operators: what rounding to 8
/// bits costs in the metric that counts, not in logits.
/// </summary>
/// <param name="Metric">The metric that decides.</param>
/// <param name="Exact">Scores of the float32 graph.</param>
/// <param name="Quantized">Scores of the graph with 8-bit weights; null where the export has none.</param>
/// <param name="Change">The score of the latter less that of the former, on the same examples; null likewise.</param>
internal sealed record ExportScores(
    Metric Metric, EvaluationScores Exact, EvaluationScores? Quantized, BootstrapInterval? Change)
{
    /// <summary>Scores all graphs of an export.</summary>
    /// <param name="folder">The exported folder.</param>
    /// <param name="data">Labeled data as its tokens.</param>
    /// <param name="metric">The metric that decides.</param>
    /// <param name="execution">Threads; the graphs have no operators with kernels of ours.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <exception cref="CheckpointException">config.json is missing or damaged.</exception>
    /// <exception cref="RunException">The model's inputs or outputs are not those of its configuration.</exception>
    public static ExportScores Of(
        string folder, EncodedDataset data, Metric metric, ExecutionOptions execution,
        CancellationToken cancellation = default)
    {
        EvaluationScores exact = Score(OnnxModelFolder.ExportedGraph(folder));
        if (OnnxModelFolder.QuantizedGraph(folder) is var graph && !File.Exists(graph))
        {
            return new(metric, exact, null, null);
        }

        EvaluationScores quantized = Score(graph);
        BootstrapInterval change = new PairedBootstrap().Compare(
            metric, exact.Examples, quantized.Examples, SeededRandom.For(1, "bootstrap").NextInt, cancellation);
        return new(metric, exact, quantized, change);

        EvaluationScores Score(string path)
        {
            ModelConfig config = ModelConfig.Load(folder);
            ModelTask task = ModelTask.Of(config);
            using InferenceModel model = OnnxModelFolder.Open(folder, path, task, config, execution);
            return model.Score(task, data, metric, cancellation: cancellation);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
