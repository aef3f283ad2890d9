using Google.Protobuf;
using OrtTrainer.Graph;
using OrtTrainer.Graph.Import;
using OrtTrainer.Graph.Onnx;
using OrtTrainer.Tests.Checkpoints;

namespace OrtTrainer.Tests.Graph.Import;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ModelReaderTests
{
    private readonly TemporaryFolder _folder = new();

    [TearDown]
    public void Remove() => _folder.Dispose();

    [Test]
    public void External_data_is_aligned_and_comes_back()
    {
        string path = SaveExternal();
        ModelProto stored = ModelProto.Parser.ParseFrom(File.ReadAllBytes(path));
        long[] offsets = [.. stored.Graph.Initializer.Where(t => t.ExternalData.Count > 0)
            .Select(t => long.Parse(t.ExternalData.Single(e => e.Key == "offset").Value, provider: null))];

        Assert.That(Floats(stored).Select(t => t.HasRawData), Is.EqualTo(new[] { false, false, true }));
        Assert.That(offsets[0] % 64, Is.Zero);
        Assert.That(offsets[1] % 4096, Is.Zero);
        ModelProto read = ModelReader.Read(path);
        Assert.That(Floats(read).Select(t => t.ReadFloat()), Is.EqualTo(new[] { Ramp(300), Ramp(20_000), Ramp(3) }));
        Assert.That(Floats(GraphImporter.Import(read).Builder.ToModel()), Is.EqualTo(Floats(read)));
    }

    [TestCase("location", "../secret", "outside the model's folder")]
    [TestCase("location", "/etc/passwd", "outside the model's folder")]
    [TestCase("location", "sub/../../x", "outside the model's folder")]
    [TestCase("location", "absent.data", "absent.data")]
    [TestCase("offset", "-64", "'-64'")]
    [TestCase("offset", "999999999", "999999999")]
    [TestCase("offset", "9223372036854775807", "9223372036854775807")]
    [TestCase("length", "1200000", "takes 1200.")]
    [TestCase("length", "12", "takes 1200.")]
    public void Damaged_external_data_is_refused_with_the_tensor(string key, string value, string said)
    {
        string path = SaveExternal();
        ModelProto model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(path));
        model.Graph.Initializer[0].ExternalData.Single(e => e.Key == key).Value = value;
        File.WriteAllBytes(path, model.ToByteArray());

        Assert.That(() => ModelReader.Read(path),
            Throws.TypeOf<GraphException>().With.Message.Contains("'small'").And.Message.Contains(said));
    }

    [Test]
    public void Other_files_are_refused()
    {
        string text = _folder.Write("text.onnx", "This is no model at all.");
        Assert.That(() => ModelReader.Read(text), Throws.TypeOf<GraphException>().With.Message.Contains("text.onnx"));
        string empty = _folder.Write("empty.onnx", "");
        Assert.That(() => ModelReader.Read(empty), Throws.TypeOf<GraphException>().With.Message.Contains("no graph"));
        Assert.That(() => ModelReader.Read(_folder.File("none.onnx")), Throws.TypeOf<FileNotFoundException>());
    }

    [Test]
    public void A_truncated_file_is_refused_at_every_length()
    {
        byte[] bytes = Small().ToByteArray();
        for (int length = 0; length < bytes.Length; length++)
        {
            using MemoryStream part = new(bytes, 0, length);
            Assert.That(() => GraphImporter.Import(ModelReader.Parse(part, "part")),
                Throws.TypeOf<GraphException>(), $"{length}");
        }
    }

    [TestCase(12)]
    [TestCase(99)]
    public void Operator_sets_that_are_not_known_are_refused(long version)
    {
        ModelProto model = Small();
        model.OpsetImport[0].Version = version;
        Assert.That(() => GraphImporter.Import(model),
            Throws.TypeOf<GraphException>().With.Message.Contains($"operator set {version}"));
    }

    /// <summary>
    /// y = -x, with the operator set at the end of the file so that every truncation loses something.
    /// </summary>
    private static ModelProto Small()
    {
        GraphBuilder g = new("small");
        g.Output(g.Neg(g.Input("x", TensorType.Float("n"))), "y");
        return g.ToModel();
    }

    private string SaveExternal()
    {
        GraphBuilder g = new("external");
        Value sum = g.ReduceSum(g.Initializer(TensorContent.Float("small", [300], Ramp(300))), [], keepAxes: false);
        Value large = g.Initializer(TensorContent.Float("large", [20_000], Ramp(20_000)));
        sum = g.Add(sum, g.ReduceSum(large, [], keepAxes: false));
        g.Output(g.Add(sum, g.Initializer(TensorContent.Float("tiny", [3], Ramp(3)))), "y");
        string path = _folder.File("model.onnx");
        g.Save(path, externalAbove: 100);
        return path;
    }

    private static IEnumerable<TensorProto> Floats(ModelProto model) =>
        model.Graph.Initializer.Where(t => t.DataType == (int)OrtTrainer.Graph.ElementType.Float);

    private static float[] Ramp(int count) => [.. Enumerable.Range(0, count).Select(i => i / 7f)];
}
