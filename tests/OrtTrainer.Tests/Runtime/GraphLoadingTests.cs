using OrtTrainer.Graph;
using OrtTrainer.Runtime;

namespace OrtTrainer.Tests.Runtime;

/// <summary>Models that arrive damaged, incomplete or in an unusual shape.</summary>
public sealed class GraphLoadingTests
{
    private static readonly ExecutionOptions OneThread = new() { IntraOpThreads = 1 };

    private string _folder = null!;

    private static byte[] Negation { get; } = new TestModel()
        .Input("x", ElementType.Float, "N").Output("y", ElementType.Float, "N").Node("Neg", ["x"], ["y"]).Bytes();

    private static byte[] Scaling { get; } = new TestModel()
        .Input("x", ElementType.Float, "3").Output("y", ElementType.Float, "3")
        .External("w", "weights.bin", 3).Node("Mul", ["x", "w"], ["y"]).Bytes();

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("loading").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void A_model_cut_short_anywhere_is_refused_and_never_crashes()
    {
        // The last bytes are opset imports, without which a model may still load; the graph is before them.
        for (int length = 0; length < Negation.Length - 30; length += 3)
        {
            Assert.That(
                () => GraphSession.FromBytes(Negation.AsMemory(0, length), OneThread, "cut.onnx"),
                Throws.TypeOf<RuntimeFailureException>().With.Message.StartsWith("cut.onnx: ONNX Runtime failed"),
                $"{length} of {Negation.Length} bytes");
        }
    }

    [Test]
    public void A_part_of_an_array_is_a_model_too()
    {
        byte[] padded = [1, 2, 3, .. Negation, 4, 5];

        using GraphSession session = GraphSession.FromBytes(padded.AsMemory(3, Negation.Length), OneThread);

        Assert.That(session.Inputs.Single().Name, Is.EqualTo("x"));
    }

    [Test]
    public void A_file_without_its_data_is_refused_with_both_names()
    {
        string path = Write("model.onnx", Scaling);

        Assert.That(
            () => GraphSession.FromFile(path, OneThread),
            Throws.TypeOf<RuntimeFailureException>().With.Message.Contains(path).And.Message.Contains("weights.bin"));
    }

    [Test]
    public void A_data_file_that_is_too_short_is_refused()
    {
        string path = Write("model.onnx", Scaling);
        Write("weights.bin", new byte[8]);

        Assert.That(() => GraphSession.FromFile(path, OneThread), Throws.TypeOf<RuntimeFailureException>());
    }

    [Test]
    public void A_folder_in_the_place_of_a_file_is_refused() =>
        Assert.That(() => GraphSession.FromFile(_folder, OneThread), Throws.TypeOf<FileNotFoundException>());

    [Test]
    public void A_file_that_is_no_model_is_refused_with_its_path()
    {
        string path = Write("notes.txt", "not a model at all"u8.ToArray());

        RuntimeFailureException? failure = Assert.Throws<RuntimeFailureException>(
            () => GraphSession.FromFile(path, OneThread));
        Assert.That(failure!.Session, Is.EqualTo(path));
        Assert.That(failure.InnerException, Is.Not.Null);
    }

    [Test]
    public void Values_that_are_no_tensors_are_listed_without_a_type()
    {
        byte[] model = new TestModel().Input("x", ElementType.Float, "2").Inferred("s")
            .Node("SequenceConstruct", ["x", "x"], ["s"]).Bytes();

        using GraphSession session = GraphSession.FromBytes(model, OneThread, "listing");
        using Binding binding = session.CreateBinding();
        using WeightBuffer buffer = new(Device.Default, 2);

        Assert.That(session.Outputs.Single().Type, Is.Null);
        Assert.That(session.Outputs.Single().Shape, Is.Empty);
        Assert.That(() => binding.BindOutput("s", buffer, 0, [2]),
            Throws.ArgumentException.With.Message.StartsWith("listing: output s is not a tensor; expected Float."));
    }

    [Test]
    public void Element_types_and_open_dimensions_are_those_of_the_graph()
    {
        byte[] model = new TestModel()
            .Input("a", ElementType.Int64, "N", "7").Input("b", ElementType.Bool).Input("c", ElementType.Double, "0")
            .Output("d", ElementType.Int64).Output("e", ElementType.Bool).Output("f", ElementType.Double)
            .Node("Identity", ["a"], ["d"]).Node("Identity", ["b"], ["e"]).Node("Identity", ["c"], ["f"]).Bytes();

        using GraphSession session = GraphSession.FromBytes(model, OneThread);

        Assert.That(
            session.Inputs.Select(v => v.Type),
            Is.EqualTo(new[] { ElementType.Int64, ElementType.Bool, ElementType.Double }));
        Assert.That(
            session.Inputs.Select(v => string.Join(",", v.Shape)), Is.EqualTo(new[] { "-1,7", "", "0" }));
    }

    private string Write(string name, byte[] content)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, content);
        return path;
    }
}
