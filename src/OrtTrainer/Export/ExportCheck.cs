using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Prediction;
using OrtTrainer.Tasks;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Export;

/// <summary>
/// Holds an exported graph against the graph that evaluates in training, with the same weights: both run batch by
/// batch, and no table of all outputs is held.
/// </summary>
internal static class ExportCheck
{
    private const int TokensPerBatch = 4096;

    /// <summary>Runs both and compares.</summary>
    /// <param name="folder">The exported folder.</param>
    /// <param name="graph">The exported graph.</param>
    /// <param name="reference">Examples, such as the validation set's, and what computes their outputs.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <exception cref="CheckpointException">config.json is missing or damaged.</exception>
    /// <exception cref="RunException">The model's inputs or outputs are not those of its configuration.</exception>
    public static ExportComparison Compare(
        string folder, string graph, ExportReference reference, CancellationToken cancellation = default)
    {
        ModelConfig config = ModelConfig.Load(folder);
        using InferenceModel model = OnnxModelFolder.Open(
            folder, graph, ModelTask.Of(config), config, reference.Execution);
        ExportDifferences differences = new(reference.Tolerance);
        foreach (int[] indices in LengthBatches.Padded(reference.Inputs, TokensPerBatch))
        {
            cancellation.ThrowIfCancellationRequested();
            reference.Session.RunBatch(reference.Weights, reference.Inputs, indices, differences.Expected);
            model.RunBatch(reference.Inputs, indices, differences);
        }

        return differences.Result;
    }
}
