using OrtTrainer.Checkpoints;
using OrtTrainer.Models;
using OrtTrainer.Prediction;
using OrtTrainer.Runtime;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Export;

/// <summary>
/// Holds the graph of an export against the logits that the training side computed with the same weights.
/// </summary>
public static class ExportCheck
{
    /// <summary>Runs the exported model on padded batches and compares.</summary>
    /// <param name="folder">The exported folder.</param>
    /// <param name="examples">Examples, such as the validation set's.</param>
    /// <param name="reference">Their logits by the packed evaluation graph, [examples, K].</param>
    /// <param name="execution">Threads and kernels.</param>
    /// <param name="tolerance">What passes; 1e-4 absolute plus 1e-4 relative where null.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <exception cref="CheckpointException">config.json is missing or damaged.</exception>
    /// <exception cref="ModelException">The model's inputs or outputs are not those of its configuration.</exception>
    public static ExportComparison Compare(
        string folder,
        IReadOnlyList<TokenizedExample> examples,
        ReadOnlySpan<float> reference,
        ExecutionOptions execution,
        ExportTolerance? tolerance = null,
        CancellationToken cancellation = default)
    {
        ModelConfig config = ModelConfig.Load(folder);
        using OnnxClassifier classifier = OnnxClassifier.FromFile(
            ClassifierFolder.ExportedGraph(folder), execution, Architecture.PaddingIdOf(config));
        float[] logits = classifier.Logits(examples, config.Id2Label.Count, cancellation: cancellation);
        return ExportComparison.Of(logits, reference, examples.Count, tolerance ?? new ExportTolerance());
    }
}
