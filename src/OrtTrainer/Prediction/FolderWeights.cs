using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Graph;
using OrtTrainer.Graph.Onnx;
using OrtTrainer.Models;
using OrtTrainer.Models.Building;
using OrtTrainer.Runtime;

namespace OrtTrainer.Prediction;

/// <summary>All weights of a model with its head, read from its folder.</summary>
/// <param name="Architecture">The encoder.</param>
/// <param name="Layout">Where each parameter lies in <paramref name="Buffer"/>.</param>
/// <param name="Buffer">The weights; disposed with this.</param>
internal sealed record FolderWeights(Architecture Architecture, ParameterLayout Layout, WeightBuffer Buffer)
    : IDisposable
{
    /// <summary>What the metadata of an export's graph begin with.</summary>
    private const string OwnMetadata = "orttrainer.";

    /// <summary>Reads them from model.safetensors or another file of weights.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="head">What stands on the encoder.</param>
    /// <param name="adapter">A folder of PEFT's with adapters that are merged into the weights; null for none.</param>
    /// <exception cref="RunException">The architecture is unknown, or the weights lack the head.</exception>
    /// <exception cref="CheckpointException">A file is missing or damaged, or the adapter is of another
    /// model.</exception>
    public static FolderWeights Read(string folder, ModelHead head, string? adapter = null)
    {
        using PretrainedModel model = PretrainedModel.Open(folder, adapter: adapter);
        return Make(model.Architecture, head, (layout, weights) =>
        {
            IReadOnlyList<string> random = model.Load(layout, weights, seed: 0);
            if (random.Count > 0)
            {
                throw new RunException(
                    $"{folder}: the weights lack {string.Join(", ", random)} for {head.Outputs} labels, so there is " +
                    "nothing to predict with. Fine-tune the model first.");
            }
        });
    }

    /// <summary>Reads them from a graph that was exported here, whose tensors have the names of parameters.</summary>
    /// <param name="path">The graph.</param>
    /// <param name="config">The configuration it belongs to.</param>
    /// <param name="head">What stands on the encoder.</param>
    /// <exception cref="GraphException">The file is no ONNX model, or is damaged.</exception>
    /// <exception cref="RunException">It was exported by other software, the architecture is unknown, or a parameter is
    /// absent or of another shape.</exception>
    /// <exception cref="CheckpointException">The configuration is damaged.</exception>
    public static FolderWeights ReadGraph(string path, ModelConfig config, ModelHead head)
    {
        ModelProto model = ModelReader.Read(path);
        if (!model.MetadataProps.Any(entry => entry.Key.StartsWith(OwnMetadata, StringComparison.Ordinal)))
        {
            throw new RunException($"{path} was exported by other software");
        }

        Dictionary<string, TensorProto> tensors =
            model.Graph.Initializer.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        return Make(Architecture.For(config), head, (layout, weights) =>
        {
            foreach (ParameterSpec parameter in layout.Parameters)
            {
                weights.Write(layout.OffsetOf(parameter), ValuesOf(parameter, tensors, path));
            }
        });
    }

    public void Dispose() => Buffer.Dispose();

    private static FolderWeights Make(
        Architecture architecture, ModelHead head, Action<ParameterLayout, WeightBuffer> fill)
    {
        ParameterLayout layout = PackedGraph.Evaluation(architecture, head).Layout;
        WeightBuffer weights = new(Device.Default, layout.Length);
        try
        {
            fill(layout, weights);
            return new(architecture, layout, weights);
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    private static float[] ValuesOf(
        ParameterSpec parameter, IReadOnlyDictionary<string, TensorProto> tensors, string path)
    {
        if (tensors.TryGetValue(parameter.Name, out TensorProto? plain) && plain.Dims.SequenceEqual(parameter.Shape))
        {
            return plain.ReadFloat();
        }

        if (parameter.Shape is [long rows, long columns]
            && tensors.TryGetValue(parameter.Name + PaddedModelBuilder.TransposedSuffix, out TensorProto? turned)
            && turned.Dims.SequenceEqual([columns, rows]))
        {
            return TensorContent.Transposed(turned.ReadFloat(), columns, rows);
        }

        throw new RunException($"{path} has no tensor for the parameter {parameter.Name}");
    }
}
