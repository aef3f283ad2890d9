using Google.Protobuf;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks;

namespace OrtTrainer.Prediction;

/// <summary>
/// Opens the model in a folder: its graph, or the same graph built from the weights where there is none.
/// </summary>
/// <remarks>
/// Exports have the graph as onnx/model.onnx, where transformers.js looks without being told, and optimum as well; that
/// is also how models for either lie on the Hugging Face hub. Folders with model.onnx beside config.json, as optimum
/// writes it and older exports have it, open too.
/// </remarks>
internal static class OnnxModelFolder
{
    /// <summary>The subfolder of an export's graph.</summary>
    public const string GraphFolder = "onnx";

    /// <summary>The name of the graph.</summary>
    public const string OnnxName = "model.onnx";

    /// <summary>The name of an encoder's graph beside that of its decoder.</summary>
    public const string EncoderName = "encoder_model.onnx";

    /// <summary>The name of that decoder's.</summary>
    public const string DecoderName = "decoder_model_merged.onnx";

    /// <summary>The name of a decoder's graph without a cache, which older exports have.</summary>
    public const string UncachedDecoderName = "decoder_model.onnx";

    /// <summary>The name under which transformers.js looks for a graph with 8-bit weights (dtype q8).</summary>
    public const string QuantizedName = "model_quantized.onnx";

    /// <summary>Where an export has its graph with 8-bit weights, if it has one.</summary>
    public static string QuantizedGraph(string folder) => Path.Combine(folder, GraphFolder, QuantizedName);

    /// <summary>Where an export has the graph that gives the outputs of a head.</summary>
    public static string ExportedGraph(string folder, ModelHead head) =>
        head.HasDecoder ? Path.Combine(folder, GraphFolder, DecoderName) : ExportedGraph(folder);

    /// <summary>Where an export has its graph, if it is one.</summary>
    public static string ExportedGraph(string folder) => Path.Combine(folder, GraphFolder, OnnxName);

    /// <summary>The graph of a model folder, that with 8-bit weights where it is alone; a file that is not there where
    /// the folder has none.</summary>
    public static string GraphOf(string folder)
    {
        string usual = Path.Combine(folder, OnnxName);
        return new[] { ExportedGraph(folder), usual, QuantizedGraph(folder) }.FirstOrDefault(File.Exists) ?? usual;
    }

    /// <exception cref="RunException">The weights have no head for the labels of config.json.</exception>
    /// <exception cref="CheckpointException">A file is missing or damaged.</exception>
    /// <exception cref="RuntimeFailureException">ONNX Runtime refuses the model.</exception>
    public static InferenceModel Open(
        string folder, ModelTask task, ModelConfig config, ExecutionOptions execution) =>
        Open(folder, GraphOf(folder), task, config, execution);

    /// <summary>As the other; the graph is in the file <paramref name="path"/> if that is there. Of a decoder it has to
    /// be, with its encoder beside it.</summary>
    /// <inheritdoc cref="Open(string, ModelTask, ModelConfig, ExecutionOptions)" path="/exception"/>
    public static InferenceModel Open(
        string folder, string path, ModelTask task, ModelConfig config, ExecutionOptions execution)
    {
        ModelHead head = task.Head(task.OutputNames(config).Count);
        long padId = Architecture.PaddingIdOf(config);
        if (head.HasDecoder)
        {
            return new EncoderDecoderModel(Path.GetDirectoryName(path)!, head, execution, padId);
        }

        return File.Exists(path)
            ? OnnxModel.FromFile(path, head, execution, padId)
            : OnnxModel.FromBytes(Build(folder, head), head, execution, padId, folder);
    }

    private static byte[] Build(string folder, ModelHead head)
    {
        using FolderWeights weights = FolderWeights.Read(folder, head);
        return PaddedGraph.Build(weights.Architecture, head, weights.Layout, weights.Buffer).ToByteArray();
    }
}
