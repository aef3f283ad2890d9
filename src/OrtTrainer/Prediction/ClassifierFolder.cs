using Google.Protobuf;
using OrtTrainer.Checkpoints;
using OrtTrainer.Models;
using OrtTrainer.Runtime;

namespace OrtTrainer.Prediction;

/// <summary>
/// Opens the classifier in a model folder: its graph, or the same graph built from the weights where there is none.
/// </summary>
/// <remarks>
/// Exports have the graph as onnx/model.onnx, where transformers.js looks without being told, and optimum as well; that
/// is also how models for either lie on the Hugging Face hub. Folders with model.onnx beside config.json, as optimum
/// writes it and older exports have it, open too.
/// </remarks>
internal static class ClassifierFolder
{
    /// <summary>The subfolder of an export's graph.</summary>
    public const string GraphFolder = "onnx";

    /// <summary>The name of the graph.</summary>
    public const string OnnxName = "model.onnx";

    /// <summary>Where an export has its graph.</summary>
    public static string ExportedGraph(string folder) => Path.Combine(folder, GraphFolder, OnnxName);

    /// <summary>The graph of a model folder; a file that is not there where the folder has none.</summary>
    public static string GraphOf(string folder) =>
        ExportedGraph(folder) is var exported && File.Exists(exported) ? exported : Path.Combine(folder, OnnxName);

    /// <exception cref="ModelException">The weights have no head for the labels of config.json.</exception>
    /// <exception cref="CheckpointException">A file is missing or damaged.</exception>
    /// <exception cref="RuntimeFailureException">ONNX Runtime refuses the model.</exception>
    public static OnnxClassifier Open(string folder, ModelConfig config, ExecutionOptions execution) =>
        Open(folder, GraphOf(folder), config, execution);

    /// <summary>As the other; the graph is in the file <paramref name="path"/> if that is there.</summary>
    /// <inheritdoc cref="Open(string, ModelConfig, ExecutionOptions)" path="/exception"/>
    public static OnnxClassifier Open(string folder, string path, ModelConfig config, ExecutionOptions execution)
    {
        long padId = Architecture.PaddingIdOf(config);
        return File.Exists(path)
            ? OnnxClassifier.FromFile(path, execution, padId)
            : OnnxClassifier.FromBytes(Build(folder, config.Id2Label.Count), execution, padId, folder);
    }

    private static byte[] Build(string folder, int outputs)
    {
        using PretrainedModel model = PretrainedModel.Open(folder);
        SequenceHead head = new(outputs);
        ParameterLayout layout = PackedGraph.Evaluation(model.Architecture, head).Layout;
        using WeightBuffer parameters = new(Device.Default, layout.Length);
        IReadOnlyList<string> random = model.Load(layout, parameters, seed: 0);
        if (random.Count > 0)
        {
            throw new ModelException(
                $"{folder}: the weights lack {string.Join(", ", random)} for {outputs} labels, so there is " +
                "nothing to predict with. Fine-tune the model first.");
        }

        return PaddedGraph.Build(model.Architecture, head, layout, parameters).ToByteArray();
    }
}
