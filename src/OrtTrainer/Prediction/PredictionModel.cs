using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Graph;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks;

namespace OrtTrainer.Prediction;

/// <summary>
/// Opens a model folder for predictions: the packed graph wherever its architecture is known and its weights can be
/// read, and the folder's own ONNX graph, padded, otherwise.
/// </summary>
internal static class PredictionModel
{
    // Protobuf has a limit of 2 GB, and a graph is more than its weights.
    private const long MostWeights = (int.MaxValue - (1 << 24)) / sizeof(float);

    /// <summary>Opens the model.</summary>
    /// <returns>The model, and what runs in words: where it is the padded graph, also why.</returns>
    /// <exception cref="RunException">The weights have no head for the labels of config.json, or the folder's graph
    /// cannot run in the precision that was asked for.</exception>
    /// <exception cref="CheckpointException">A file is missing or damaged.</exception>
    /// <exception cref="RuntimeFailureException">ONNX Runtime refuses the model.</exception>
    public static (InferenceModel Model, string Execution) Open(
        string folder, ModelTask task, ModelConfig config, PredictorOptions options)
    {
        ModelHead head = task.Head(task.OutputNames(config).Count);
        string graph = OnnxModelFolder.GraphOf(folder);
        if (options.Adapter is not null || !File.Exists(graph))
        {
            using FolderWeights weights = FolderWeights.Read(folder, head, options.Adapter);
            return Packed(folder, weights, head, options);
        }

        if (!TryPacked(() => FolderWeights.Read(folder, head), out (InferenceModel, string) packed, out string reason)
            && !TryPacked(() => FolderWeights.ReadGraph(graph, config, head), out packed, out string otherReason))
        {
            reason = $"{otherReason}; {reason}";
            return options.Precision == Precision.Fp32
                ? Padded(reason)
                : throw new RunException(
                    $"{graph} runs in fp32 alone: {reason} Take precision fp32, or export the model here.");
        }

        return packed;

        bool TryPacked(Func<FolderWeights> read, out (InferenceModel, string) model, out string failure)
        {
            FolderWeights weights;
            try
            {
                weights = read();
            }
            catch (Exception refused) when (refused is RunException or CheckpointException or GraphException)
            {
                (model, failure) = (default, refused.Message);
                return false;
            }

            using (weights)
            {
                (model, failure) = (Packed(folder, weights, head, options), "");
                return true;
            }
        }

        (InferenceModel, string) Padded(string why)
        {
            InferenceModel model = OnnxModelFolder.Open(folder, graph, task, config, options.Execution);
            return (model, $"{model.Description}, because {why}");
        }
    }

    private static (InferenceModel Model, string Execution) Packed(
        string folder, FolderWeights weights, ModelHead head, PredictorOptions options)
    {
        if (weights.Layout.Length > MostWeights)
        {
            throw new RunException(
                $"{folder}: {weights.Layout.ParameterCount} parameters are more than a graph holds.");
        }

        PackedModel model = new(
            weights.Architecture, head, weights.Layout, weights.Buffer, options.Precision, options.Execution, folder);
        return (model, model.Description);
    }
}
