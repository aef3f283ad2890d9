using Google.Protobuf;
using OrtTrainer.Graph;
using OrtTrainer.Graph.Onnx;
using OrtTrainer.Tests.Checkpoints;

namespace OrtTrainer.Tests.Import;

/// <summary>
/// Small ONNX files as exporters write them: ids through a table of embeddings [20, 8], something in between, the mean
/// over tokens, and a layer for two classes.
/// </summary>
internal sealed class TinyFile
{
    public const int Width = 8;

    private readonly GraphProto _graph = new() { Name = "tiny" };
    private readonly List<OperatorSetIdProto> _opsets = [new() { Domain = "", Version = 18 }];
    private string _last = "embedded";

    private TinyFile()
    {
    }

    public GraphProto Graph => _graph;

    /// <summary>Ids and their embeddings, [batch, sequence, 8].</summary>
    public static TinyFile Texts(string rows = "batch", string columns = "sequence")
    {
        TinyFile file = new();
        file.Input("input_ids", ElementType.Int64, rows, columns);
        file.Weight("embeddings.word.weight", 20, Width);
        return file.Node("Gather", ["embeddings.word.weight", "input_ids"]);
    }

    /// <summary>Images, [batch, 3, 6, 6].</summary>
    public static TinyFile Images()
    {
        TinyFile file = new();
        file.Input("pixel_values", ElementType.Float, "batch", "3", "6", "6");
        file._last = "pixel_values";
        return file;
    }

    /// <summary>A graph of nothing yet.</summary>
    public static TinyFile Empty() => new();

    /// <summary>What the node before gave.</summary>
    public string Last => _last;

    public TinyFile Input(string name, ElementType type, params string[] sizes)
    {
        _graph.Input.Add(Of(name, type, sizes));
        return this;
    }

    public TinyFile Weight(string name, params long[] sizes)
    {
        Random random = new(name.Length);
        float[] values = new float[sizes.Aggregate(1L, (n, size) => n * size)];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)(random.NextDouble() - 0.5);
        }

        _graph.Initializer.Add(TensorContent.Float(name, sizes, values));
        return this;
    }

    public TinyFile Stored(TensorProto tensor)
    {
        _graph.Initializer.Add(tensor);
        return this;
    }

    /// <summary>Adds a node; "" among its inputs is what the node before gave.</summary>
    public TinyFile Node(string type, string[] inputs, AttributeList? attributes = null, string domain = "",
        int outputs = 1)
    {
        NodeProto node = new() { OpType = type, Name = $"node_{_graph.Node.Count}_{type}", Domain = domain };
        node.Input.AddRange(inputs.Select(input => input.Length == 0 ? _last : input));
        _last = $"value_{_graph.Node.Count}";
        node.Output.Add(_last);
        node.Output.AddRange(Enumerable.Range(1, outputs - 1).Select(i => $"{_last}_{i}"));
        node.Attribute.AddRange((attributes ?? AttributeList.Empty).All);
        _graph.Node.Add(node);
        return this;
    }

    public TinyFile Opset(string domain, long version)
    {
        _opsets.Add(new() { Domain = domain, Version = version });
        return this;
    }

    /// <summary>The mean over tokens and a layer for two classes.</summary>
    public TinyFile Classifier() => Stored(TensorContent.Int64("tokens_axis", [1], [1]))
        .Node("ReduceMean", ["", "tokens_axis"], AttributeList.Empty.With("keepdims", 0)).Logits();

    /// <summary>A layer for two classes.</summary>
    public TinyFile Logits()
    {
        Weight("classifier.weight", 2, Width).Weight("classifier.bias", 2);
        Node("Gemm", ["", "classifier.weight", "classifier.bias"], AttributeList.Empty.With("transB", 1));
        return Output("logits", "batch", "2");
    }

    public TinyFile Output(string name, params string[] sizes)
    {
        NodeProto node = _graph.Node[^1];
        node.Output[0] = _last = name;
        _graph.Output.Add(Of(name, ElementType.Float, sizes));
        return this;
    }

    public ModelProto Model()
    {
        ModelProto model = new() { IrVersion = 8, ProducerName = "tests", Graph = _graph };
        model.OpsetImport.AddRange(_opsets);
        return model;
    }

    /// <summary>Writes the file.</summary>
    public string Save(TemporaryFolder folder, string name = "model.onnx")
    {
        string path = folder.File(name);
        File.WriteAllBytes(path, Model().ToByteArray());
        return path;
    }

    private static ValueInfoProto Of(string name, ElementType type, string[] sizes)
    {
        TensorShapeProto shape = new();
        shape.Dim.AddRange(sizes.Select(size => long.TryParse(size, out long fixedSize)
            ? new TensorShapeProto.Types.Dimension { DimValue = fixedSize }
            : new TensorShapeProto.Types.Dimension { DimParam = size }));
        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = shape } },
        };
    }
}
