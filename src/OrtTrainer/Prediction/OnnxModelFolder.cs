using Google.Protobuf;
using OrtTrainer.Checkpoints;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks;

namespace OrtTrainer.Prediction;

/// <summary>
/// Opens the model in a folder: model.onnx, or the same graph built from the weights where there is none.
/// </summary>
internal static class OnnxModelFolder
{
    /// <summary>The name of the graph in a model folder.</summary>
    public const string OnnxName = "model.onnx";

    /// <exception cref="ModelException">The weights have no head for the labels of config.json.</exception>
    /// <exception cref="CheckpointException">A file is missing or damaged.</exception>
    /// <exception cref="RuntimeFailureException">ONNX Runtime refuses the model.</exception>
    public static OnnxModel Open(
        string folder, ModelTask task, ModelConfig config, ExecutionOptions execution) =>
        Open(folder, Path.Combine(folder, OnnxName), task, config, execution);

    /// <summary>As the other; the graph is in the file <paramref name="path"/> if that is there.</summary>
    /// <inheritdoc cref="Open(string, ModelTask, ModelConfig, ExecutionOptions)" path="/exception"/>
    public static OnnxModel Open(
        string folder, string path, ModelTask task, ModelConfig config, ExecutionOptions execution)
    {
        int outputs = config.Id2Label.Count;
        long padId = config.GetInt("pad_token_id", 0);
        return File.Exists(path)
            ? OnnxModel.FromFile(path, task.Rows, outputs, execution, padId)
            : OnnxModel.FromBytes(Build(folder, outputs), task.Rows, outputs, execution, padId, folder);
    }

    private static byte[] Build(string folder, int outputs)
    {
        using PretrainedModel model = PretrainedModel.Open(folder);
        ParameterLayout layout = PackedGraph.Evaluation(model.Architecture, model.Config, outputs).Layout;
        using NativeBuffer parameters = new(layout.Length);
        IReadOnlyList<string> random = model.Load(layout, parameters.Slice, seed: 0);
        if (random.Count > 0)
        {
            throw new ModelException(
                $"{folder}: the weights lack {string.Join(", ", random)} for {outputs} labels, so there is " +
                "nothing to predict with. Fine-tune the model first.");
        }

        return PaddedGraph.Classifier(model.Architecture, model.Config, outputs, layout, parameters).ToByteArray();
    }
}
