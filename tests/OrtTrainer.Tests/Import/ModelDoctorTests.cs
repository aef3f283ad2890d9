using System.Text.Json;
using Google.Protobuf;
using OrtTrainer.Cli.Rendering;
using OrtTrainer.Common;
using OrtTrainer.Graph;
using OrtTrainer.Graph.Onnx;
using OrtTrainer.Import;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Cli;

namespace OrtTrainer.Tests.Import;

/// <summary>Verdicts on models of many kinds.</summary>
public sealed class ModelDoctorTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void Make() => _folder = new TemporaryFolder();

    [TearDown]
    public void Remove() => _folder.Dispose();

    private static IEnumerable<TestCaseData> Trainable()
    {
        TestCaseData Case(string name, Func<TinyFile> file) => new TestCaseData(file).SetArgDisplayNames(name);
        yield return Case("embeddings alone", () => TinyFile.Texts().Classifier());
        foreach (string type in new[] { "Relu", "Tanh", "Sigmoid", "Erf", "Exp", "Softplus" })
        {
            yield return Case(type, () => TinyFile.Texts().Node(type, [""]).Classifier());
        }

        yield return Case("a norm", () => TinyFile.Texts().Weight("norm.weight", 8).Weight("norm.bias", 8)
            .Node("LayerNormalization", ["", "norm.weight", "norm.bias"]).Classifier());
        yield return Case("a folded matrix", () => TinyFile.Texts()
            .Weight("onnx::MatMul_7", 8, 8).Weight("dense.bias", 8)
            .Node("MatMul", ["", "onnx::MatMul_7"]).Node("Add", ["", "dense.bias"]).Classifier());
        yield return Case("a mask", () => TinyFile.Texts()
            .Input("attention_mask", ElementType.Int64, "batch", "sequence")
            .Stored(TensorContent.Int64("last", [1], [2])).Node("Unsqueeze", ["attention_mask", "last"])
            .Node("Cast", [""], AttributeList.Empty.With("to", 1)).Node("Mul", ["value_0", ""]).Classifier());
        yield return Case("a convolution", () => TinyFile.Images()
            .Weight("conv.weight", 8, 3, 3, 3).Weight("conv.bias", 8)
            .Node("Conv", ["", "conv.weight", "conv.bias"]).Node("GlobalAveragePool", [""])
            .Node("Flatten", [""], AttributeList.Empty.With("axis", 1)).Logits());
        yield return Case("states alone", () => TinyFile.Texts().Node("Tanh", [""])
            .Output("last_hidden_state", "batch", "sequence", "8"));
        yield return Case("tags", () => TinyFile.Texts().Weight("onnx::MatMul_7", 8, 3).Weight("classifier.bias", 3)
            .Node("MatMul", ["", "onnx::MatMul_7"]).Node("Add", ["", "classifier.bias"])
            .Output("logits", "batch", "sequence", "3"));
    }

    private static IEnumerable<TestCaseData> Untrainable()
    {
        TestCaseData Case(string name, string problem, Func<TinyFile> file) =>
            new TestCaseData(file, problem).SetArgDisplayNames(name);
        TestCaseData Body(string type, string problem, string domain = "") => Case(
            type, problem, () => TinyFile.Texts().Opset(domain, 1).Node(type, [""], domain: domain).Classifier());
        foreach (string type in new[]
            { "QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear", "QLinearMatMul", "MatMulInteger",
                "ConvInteger" })
        {
            yield return Body(type, "quantized");
        }

        foreach (string type in new[] { "NonMaxSuppression", "RoiAlign", "TopK", "ArgMax" })
        {
            yield return Body(type, "selects by rank");
        }

        foreach (string type in new[] { "LSTM", "GRU" })
        {
            yield return Body(type, "recurrent");
        }

        yield return Body("Loop", "control flow");
        yield return Body("Scan", "control flow");
        yield return Body("SequenceConstruct", "lists or texts");
        yield return Body("TreeEnsembleClassifier", "classical machine learning", "ai.onnx.ml");
        yield return Body("Attention", "optimized for inference", "com.microsoft");
        yield return Body("Mystery", "a domain that is not known", "com.example");
        yield return Body("Mystery", "not known here");
        yield return Case("of one size", "of one size", () => TinyFile.Texts("1", "128").Classifier());
        yield return Case("of another input", "'scores' is not understood", () => TinyFile.Empty()
            .Input("scores", ElementType.Int64, "batch").Weight("table.weight", 20, 8)
            .Node("Gather", ["table.weight", "scores"]).Logits());
        yield return Case("without weights", "No weight was found", () => TinyFile.Empty()
            .Input("input_ids", ElementType.Int64, "batch", "sequence")
            .Node("Cast", ["input_ids"], AttributeList.Empty.With("to", 1)).Output("logits", "batch", "sequence"));
        yield return Case("in half precision", "Float16", () => TinyFile.Texts()
            .Stored(new TensorProto { Name = "half.weight", DataType = 10, Dims = { 8, 8 } }).Classifier());
        yield return Case("without a gradient", "gradient", () => TinyFile.Texts()
            .Node("Trilu", [""]).Node("Floor", [""]).Classifier());
        yield return Case("with a cycle", "before it is used", () => TinyFile.Texts()
            .Node("Add", ["", "value_2"]).Node("Tanh", [""]).Classifier());
    }

    [TestCaseSource(nameof(Trainable))]
    public void A_model_that_can_be_trained_is_said_to_be_and_imported(object file)
    {
        string path = ((Func<TinyFile>)file)().Save(_folder);
        DoctorReport report = ModelDoctor.Examine(path);

        Assert.That(report.Obstacle, Is.Null);
        Assert.That(report.Parameters, Is.GreaterThan(0));
        Assert.That(ModelImport.Run(path, _folder.File("out")).Difference, Is.LessThan(1e-5));
    }

    [TestCaseSource(nameof(Untrainable))]
    public void What_stands_against_training_is_named_with_its_node(object file, string problem)
    {
        string path = ((Func<TinyFile>)file)().Save(_folder);
        DoctorReport report = ModelDoctor.Examine(path);

        Assert.That(report.Obstacle?.Problem, Does.Contain(problem));
        Assert.That(report.Obstacle!.Advice, Is.Not.Empty);
        Assert.That(() => ModelImport.Run(path, _folder.File("out")),
            Throws.TypeOf<RunException>().With.Message.Contains(path));
        Assert.That(Directory.Exists(_folder.File("out")), Is.False, "nothing is left behind");
    }

    [Test]
    public void A_damaged_file_is_told_from_one_whose_data_are_missing()
    {
        string damaged = _folder.File("damaged.onnx");
        File.WriteAllBytes(damaged, [.. TinyFile.Texts().Classifier().Model().ToByteArray().Take(200)]);
        TensorProto far = new()
        {
            Name = "far.weight", DataType = 1, Dims = { 8, 8 },
            DataLocation = TensorProto.Types.DataLocation.External,
            ExternalData = { new StringStringEntryProto { Key = "location", Value = "far.bin" } },
        };
        string missing = TinyFile.Texts().Stored(far).Classifier().Save(_folder, "missing.onnx");
        far.ExternalData[0].Value = "../far.bin";
        string outside = TinyFile.Texts().Stored(far).Classifier().Save(_folder, "outside.onnx");

        Assert.That(ModelDoctor.Examine(damaged).Obstacle!.Problem, Does.Contain("damaged"));
        Assert.That(ModelDoctor.Examine(missing).Obstacle!.Problem, Does.Contain("far.weight").And.Contain("far.bin"));
        Assert.That(ModelDoctor.Examine(outside).Obstacle!.Problem, Does.Contain("outside the model's folder"));
    }

    [Test]
    public void The_folder_of_an_own_export_is_named_and_a_file_that_lies_alone_has_none()
    {
        using DeskTask desk = new();
        CliRun.Of(desk.Finetune("out")).Succeeded();
        string file = Path.Combine(desk.File("out"), "onnx", "model.onnx");
        string alone = _folder.File("alone.onnx");
        File.Copy(file, alone);

        Assert.That(CliRun.Of("doctor", file).Succeeded().Out, Does.Contain(
            $"note: The file is an export of this program. Train its folder instead (--model {desk.File("out")}): "));
        Assert.That(ModelDoctor.Examine(alone).Notes, Has.None.Contains("export of this program"));
    }

    [TestCase(0, true)]
    [TestCase(3, true)]
    [TestCase(4, false)]
    public void What_becomes_of_attention_that_is_not_recognized_is_said(int recognized, bool isSaid) =>
        Assert.That(
            DoctorLines.Of(new DoctorReport { File = "a.onnx", Attention = recognized, Softmaxes = 4 }),
            isSaid ? Has.One.Contains("the others are trained node by node") : Has.None.Contains("node by node"));

    [Test]
    public void Additions_to_repeated_places_are_named()
    {
        string path = TinyFile.Texts().Node(
            "ScatterND", ["", "places", "updates"], AttributeList.Empty.With("reduction", "add"))
            .Classifier().Save(_folder);

        Assert.That(ModelDoctor.Examine(path).Notes, Has.One.Contains("ScatterND"));
    }

    [Test]
    public void The_command_ends_with_a_verdict_and_its_exit_code()
    {
        string good = TinyFile.Texts().Node("Tanh", [""]).Classifier().Save(_folder, "good.onnx");
        string bad = TinyFile.Texts().Node("TopK", [""]).Classifier().Save(_folder, "bad.onnx");

        CliRun fine = CliRun.Of("doctor", good).Succeeded();
        CliRun refused = CliRun.Of("doctor", bad);
        using JsonDocument json = JsonDocument.Parse(CliRun.Of("doctor", bad, "--json").Out);

        Assert.That(fine.Lines, Has.Some.Contains("Tanh 1").And.Some.StartsWith("can be trained"));
        Assert.That(refused.ExitCode, Is.EqualTo(1));
        Assert.That(refused.Lines[^2], Does.StartWith("cannot be trained: 'node_1_TopK'"));
        Assert.That(json.RootElement.GetProperty("trainable").GetBoolean(), Is.False);
        Assert.That(json.RootElement.GetProperty("obstacle").GetProperty("node").GetString(),
            Is.EqualTo("node_1_TopK"));
    }
}
