using Google.Protobuf;
using OrtTrainer.Graph.Onnx;

namespace OrtTrainer.Graph;

/// <summary>Reads ONNX files.</summary>
public static class ModelReader
{
    /// <summary>The newest version of the file format whose meaning is known here.</summary>
    private const long NewestIrVersion = 13;

    /// <summary>The model in a file, with tensors that are stored beside it loaded.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="GraphException">
    /// It is no ONNX model, of an unknown format version, or its external data is absent, too short, or outside its
    /// folder.
    /// </exception>
    public static ModelProto Read(string path)
    {
        ModelProto model;
        using (FileStream file = File.OpenRead(path))
        {
            model = Parse(file, path);
        }

        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        foreach (TensorProto tensor in Tensors(model))
        {
            ExternalTensor.Load(tensor, folder);
        }

        return model;
    }

    /// <summary>The model in the bytes of a file without external data.</summary>
    /// <exception cref="GraphException">It is no ONNX model or of an unknown format version.</exception>
    public static ModelProto Parse(Stream bytes, string name)
    {
        try
        {
            ModelProto model = ModelProto.Parser.ParseFrom(bytes);
            return model switch
            {
                { Graph: null } => throw new GraphException($"{name} is not an ONNX model: it has no graph."),
                { IrVersion: < 3 or > NewestIrVersion } => throw new GraphException(
                    $"{name} has ONNX format version {model.IrVersion}; 3 to {NewestIrVersion} are known here."),
                _ => model,
            };
        }
        catch (InvalidProtocolBufferException cause)
        {
            throw new GraphException($"{name} is not an ONNX model, or is damaged: {cause.Message}", cause);
        }
    }

    private static IEnumerable<TensorProto> Tensors(ModelProto model) =>
        Tensors(model.Graph).Concat(model.Functions.SelectMany(f => f.Node).SelectMany(Tensors));

    private static IEnumerable<TensorProto> Tensors(GraphProto graph) =>
        graph.Initializer.Concat(graph.Node.SelectMany(Tensors));

    private static IEnumerable<TensorProto> Tensors(NodeProto node)
    {
        IEnumerable<TensorProto> own = node.Attribute.SelectMany(a => a.T is null ? a.Tensors : a.Tensors.Append(a.T));
        IEnumerable<GraphProto> graphs = node.Attribute.SelectMany(a => a.G is null ? a.Graphs : a.Graphs.Append(a.G));
        return own.Concat(graphs.SelectMany(Tensors));
    }
}
