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
        ModelHead head = task.Head(config.Id2Label.Count);
        long padId = Architecture.PaddingIdOf(config);
        return File.Exists(path)
            ? OnnxModel.FromFile(path, head, execution, padId)
            : OnnxModel.FromBytes(Build(folder, head), head, execution, padId, folder);
    }

    private static byte[] Build(string folder, ModelHead head)
    {
        using PretrainedModel model = PretrainedModel.Open(folder);
        ParameterLayout layout = PackedGraph.Evaluation(model.Architecture, head).Layout;
        using NativeBuffer parameters = new(layout.Length);
        IReadOnlyList<string> random = model.Load(layout, parameters.Slice, seed: 0);
        if (random.Count > 0)
        {
            throw new ModelException(
                $"{folder}: the weights lack {string.Join(", ", random)} for {head.Outputs} labels, so there is " +
                "nothing to predict with. Fine-tune the model first.");
        }

        return PaddedGraph.Build(model.Architecture, head, layout, parameters).ToByteArray();
    }
}
