using Google.Protobuf;
using OrtTrainer.Graph.Onnx;
using OrtTrainer.Teachers;
using OrtTrainer.Tests.Checkpoints;

namespace OrtTrainer.Tests.Teachers;

/// <summary>Which files belong to an ONNX model: those its tensors name, wherever in the model they are.</summary>
public sealed class OnnxDataFilesTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void Make() => _folder = new TemporaryFolder();

    [TearDown]
    public void Remove() => _folder.Dispose();

    [Test]
    public void A_model_with_its_weights_inside_has_no_other_files()
    {
        TensorProto inside = new() { Name = "w", RawData = ByteString.CopyFrom(new byte[100_000]) };

        Assert.That(Files(new GraphProto { Initializer = { inside } }), Is.Empty);
    }

    [Test]
    public void Initializers_name_files_and_each_is_listed_once()
    {
        GraphProto graph = new()
        {
            Initializer = { Stored("a", "weights.bin"), Stored("b", "weights.bin"), Stored("c", "sub/more.bin") },
        };

        Assert.That(Files(graph), Is.EqualTo(new[] { "sub/more.bin", "weights.bin" }));
    }

    [Test]
    public void Tensors_in_attributes_and_in_branches_count_too()
    {
        GraphProto branch = new() { Initializer = { Stored("b", "branch.bin") } };
        GraphProto graph = new()
        {
            Node =
            {
                new NodeProto
                {
                    OpType = "Constant",
                    Attribute = { new AttributeProto { Name = "value", T = Stored("a", "constant.bin") } },
                },
                new NodeProto
                {
                    OpType = "If",
                    Attribute = { new AttributeProto { Name = "then_branch", G = branch } },
                },
            },
        };

        Assert.That(Files(graph), Is.EqualTo(new[] { "branch.bin", "constant.bin" }));
    }

    [Test]
    public void A_location_without_a_file_is_left_out()
    {
        byte[] model = new ModelProto { Graph = new GraphProto { Initializer = { Stored("a", "gone.bin") } } }
            .ToByteArray();

        Assert.That(OnnxDataFiles.Of(_folder.Write("m.onnx", model)), Is.Empty);
    }

    [TestCase(1)]
    [TestCase(40)]
    public void A_model_that_was_cut_short_is_refused(int missing)
    {
        byte[] model = new ModelProto { Graph = new GraphProto { Initializer = { Stored("a", "gone.bin") } } }
            .ToByteArray();
        string path = _folder.Write("m.onnx", model[..^missing]);

        Assert.That(() => OnnxDataFiles.Of(path), Throws.TypeOf<InvalidDataException>().With.Message.StartsWith(path));
    }

    [Test]
    public void Graphs_within_graphs_without_end_are_refused()
    {
        GraphProto graph = new();
        for (int depth = 0; depth < 60; depth++)
        {
            AttributeProto branch = new() { Name = "then_branch", G = graph };
            graph = new GraphProto { Node = { new NodeProto { OpType = "If", Attribute = { branch } } } };
        }

        Assert.That(() => Files(graph), Throws.TypeOf<InvalidDataException>().With.Message.Contains("too deeply"));
    }

    [Test]
    public void Changed_bytes_in_a_file_beside_the_graph_change_the_hash_of_a_teacher()
    {
        string graph = _folder.Write("m.onnx",
            new ModelProto { Graph = new GraphProto { Initializer = { Stored("a", "w.bin") } } }.ToByteArray());
        string data = _folder.Write("w.bin", new byte[] { 1, 2, 3 });
        string before = FileHash.Of([graph, .. OnnxDataFiles.Of(graph)], default);
        File.WriteAllBytes(data, [1, 2, 4]);

        Assert.That(FileHash.Of([graph, .. OnnxDataFiles.Of(graph)], default), Is.Not.EqualTo(before));
    }

    private static TensorProto Stored(string name, string location) => new()
    {
        Name = name,
        DataLocation = TensorProto.Types.DataLocation.External,
        ExternalData =
        {
            new StringStringEntryProto { Key = "offset", Value = "0" },
            new StringStringEntryProto { Key = "location", Value = location },
        },
    };

    /// <summary>Names relative to the model's folder; every file named is there.</summary>
    private IEnumerable<string> Files(GraphProto graph)
    {
        string path = _folder.Write("model.onnx", new ModelProto { IrVersion = 8, Graph = graph }.ToByteArray());
        Directory.CreateDirectory(_folder.File("sub"));
        foreach (string name in new[] { "weights.bin", "sub/more.bin", "branch.bin", "constant.bin", "unrelated.bin" })
        {
            _folder.Write(name, "bytes");
        }

        return OnnxDataFiles.Of(path).Select(file => Path.GetRelativePath(_folder.Path, file));
    }
}
