using Microsoft.ML.OnnxRuntime;
using OrtTrainer.Export;
using OrtTrainer.Graph;
using OrtTrainer.Graph.Onnx;
using OrtTrainer.Prediction;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Tasks;
using OrtTrainer.Training;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tests.Export;

/// <summary>The graph with 8-bit weights that an export has beside the float32 one.</summary>
public sealed class Int8GraphTests
{
    private TinyClassifier _tiny = null!;
    private TemporaryFolder _output = null!;
    private ExportResult _result = null!;

    [SetUp]
    public void Export()
    {
        _tiny = TinyClassifier.Of("bert");
        _output = new TemporaryFolder();
        using EvaluationSession session = _tiny.Evaluation();
        ExportReference reference = new(_tiny.Examples, session, _tiny.Parameters, TinyClassifier.OneThread);
        _result = ModelExporter.Export(
            _output.Path, _tiny.Model, TinyClassifier.Provenance, reference, quantization: Quantization.Int8);
    }

    [TearDown]
    public void CleanUp()
    {
        _tiny.Dispose();
        _output.Dispose();
    }

    [Test]
    public void Every_weight_is_within_half_a_step_of_its_own_scale()
    {
        ModelProto exact = Read("model.onnx"), rounded = Read("model_quantized.onnx");
        Dictionary<string, TensorProto> tensors = rounded.Graph.Initializer.ToDictionary(tensor => tensor.Name);
        int matrices = 0;
        foreach (TensorProto matrix in exact.Graph.Initializer.Where(tensor => tensor.Dims.Count == 2))
        {
            matrices++;
            TensorProto values = tensors[matrix.Name + ".int8"], scales = tensors[matrix.Name + ".scale"];
            Assert.That(tensors, Does.Not.ContainKey(matrix.Name));
            Assert.That(values.DataType, Is.EqualTo((int)ElementType.Int8));
            float[] w = matrix.ReadFloat(), s = scales.ReadFloat();
            int columns = (int)matrix.Dims[1];
            bool byColumn = scales.Dims.Count == 1;
            Assert.That(s, Has.Length.EqualTo(byColumn ? columns : (int)matrix.Dims[0]));
            for (int i = 0; i < w.Length; i++)
            {
                float scale = s[byColumn ? i % columns : i / columns];
                Assert.That((sbyte)values.RawData[i] * scale, Is.EqualTo(w[i]).Within((scale / 2) + 1e-7), matrix.Name);
            }
        }

        // Three tables; of two layers six matrices each; the pooler and the classifier.
        Assert.That(matrices, Is.EqualTo(3 + (2 * 6) + 2));
    }

    [Test]
    public void Standard_operators_alone_answer_nearly_the_same_on_a_plain_session()
    {
        ModelProto model = Read("model_quantized.onnx");
        Assert.That(model.Graph.Node.Select(node => node.Domain), Is.All.Empty);
        Assert.That(model.Functions, Is.Empty);
        Assert.That(model.Graph.Node.Count(node => node.OpType == "MatMulInteger"), Is.EqualTo((2 * 6) + 2));

        float[] exact = _tiny.ReferenceLogits(_tiny.Examples);
        float[] rounded = [.. _tiny.Examples.SelectMany(Plain)];

        double largest = exact.Max(Math.Abs);
        Assert.That(rounded, Is.EqualTo(exact).Within(0.15 * largest));
        Assert.That(rounded, Is.Not.EqualTo(exact).Within(1e-5));
        Assert.That(_result.Quantized!.MaxAbsolute,
            Is.EqualTo(exact.Zip(rounded, (a, b) => Math.Abs((double)a - b)).Max()).Within(0.02 * largest));
        Assert.That(_result.Comparison!.Agrees, Is.True);
    }

    [Test]
    public void A_later_export_without_it_takes_it_away()
    {
        Assert.That(_result.Files, Does.Contain(OnnxModelFolder.QuantizedGraph(_output.Path)));

        ExportResult later = ModelExporter.Export(_output.Path, _tiny.Model, TinyClassifier.Provenance);

        Assert.That(later.Quantized, Is.Null);
        Assert.That(File.Exists(OnnxModelFolder.QuantizedGraph(_output.Path)), Is.False);
    }

    [Test]
    public void A_weight_that_something_else_reads_stays_as_it_is()
    {
        GraphBuilder g = new("tied");
        Value table = g.Initializer(TensorContent.Float("table", [3, 2], [1, 2, 3, 4, 5, 6]));
        Value ids = g.Input("ids", TensorType.Int64("n"));
        g.Output(g.MatMul(g.Gather(table, ids), g.Transpose(table, 1, 0)), "y");

        ModelProto made = Int8Graph.Of(g.ToModel());

        Assert.That(made, Is.EqualTo(g.ToModel()));
    }

    private ModelProto Read(string name) => ModelReader.Read(Path.Combine(_output.Path, "onnx", name));

    /// <summary>An example's logits on a session as anyone would open it.</summary>
    private float[] Plain(TokenizedExample example)
    {
        using InferenceSession session = new(OnnxModelFolder.QuantizedGraph(_output.Path));
        long[] shape = [1, example.InputIds.Length];
        using OrtValue ids = Tensor([.. example.InputIds.Select(id => (long)id)]);
        using OrtValue mask = Tensor([.. example.InputIds.Select(_ => 1L)]);
        using OrtValue types = Tensor([.. example.TokenTypeIds.Select(type => (long)type)]);
        using RunOptions options = new();
        using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(
            options, ["input_ids", "attention_mask", "token_type_ids"], [ids, mask, types], ["logits"]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();

        OrtValue Tensor(long[] values) => OrtValue.CreateTensorValueFromMemory(values, shape);
    }
}
