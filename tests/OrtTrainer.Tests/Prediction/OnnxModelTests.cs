using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Models;
using OrtTrainer.Prediction;
using OrtTrainer.Runtime;
using OrtTrainer.Tests.Export;
using OrtTrainer.Tests.Runtime;
using OrtTrainer.Tests.Tasks;
using OrtTrainer.Training.Batches;
using ElementType = OrtTrainer.Graph.ElementType;

namespace OrtTrainer.Tests.Prediction;

/// <summary>Models exported by others, and graphs that are none.</summary>
public sealed class OnnxModelTests
{
    private static IEnumerable<TestCaseData> ForeignExports()
    {
        string folder = Path.Combine(SharedFiles.Goldens, "onnx-exports");
        string[] files = Directory.Exists(folder)
            ? [.. Directory.GetFiles(folder, "*bert*-classification.*.onnx").Order(StringComparer.Ordinal)]
            : [Path.Combine(folder, "bert-classification.legacy.opset17.onnx")];
        return files.Select(f => new TestCaseData(f).SetArgDisplayNames(Path.GetFileName(f)));
    }

    [TestCaseSource(nameof(ForeignExports))]
    public void Exports_of_other_tools_give_their_reference_logits(string path)
    {
        string reference = SharedFiles.Golden("onnx-exports", Path.GetFileNameWithoutExtension(path) + ".safetensors");
        using SafetensorsFile tensors = SafetensorsFile.OpenFile(reference);
        Assert.That(tensors.TryGet("out.logits", out TensorInfo info), reference);
        float[] expected = new float[info.ElementCount];
        tensors.ReadFloats("out.logits", expected);
        TokenizedExample[] examples = Examples(tensors);

        int outputs = (int)info.Shape[1];
        using OnnxModel model = OnnxModel.FromFile(path, new SequenceHead(outputs), TinyClassifier.OneThread);

        Assert.That(model.Logits(examples, outputs), Is.EqualTo(expected).Within(1e-5));
    }

    [Test]
    public void A_graph_with_other_inputs_is_refused_by_their_names()
    {
        byte[] image = new TestModel()
            .Input("pixel_values", ElementType.Float, "n")
            .Output("logits", ElementType.Float, "n")
            .Node("Identity", ["pixel_values"], ["logits"])
            .Bytes();

        Assert.That(() => OnnxModel.FromBytes(image, new SequenceHead(2), TinyClassifier.OneThread),
            Throws.TypeOf<RunException>().With.Message.Contains("pixel_values").And.Message.Contains("input_ids"));
    }

    [Test]
    public void A_graph_without_logits_is_refused()
    {
        byte[] encoder = new TestModel()
            .Input("input_ids", ElementType.Int64, "n")
            .Output("last_hidden_state", ElementType.Int64, "n")
            .Node("Identity", ["input_ids"], ["last_hidden_state"])
            .Bytes();

        Assert.That(() => OnnxModel.FromBytes(encoder, new SequenceHead(2), TinyClassifier.OneThread),
            Throws.TypeOf<RunException>().With.Message.Contains("last_hidden_state"));
    }

    [Test]
    public void A_missing_file_is_named()
    {
        Assert.That(() => OnnxModel.FromFile("absent.onnx", new SequenceHead(2), new ExecutionOptions()),
            Throws.TypeOf<FileNotFoundException>().With.Message.Contains("absent.onnx"));
    }

    /// <summary>The rows of the reference inputs without their padding.</summary>
    private static TokenizedExample[] Examples(SafetensorsFile tensors)
    {
        long[] ids = Integers(tensors, "in.input_ids", out long width);
        long[] mask = Integers(tensors, "in.attention_mask", out _);
        long[] types = tensors.TryGet("in.token_type_ids", out _) ? Integers(tensors, "in.token_type_ids", out _)
            : new long[ids.Length];
        return [.. Enumerable.Range(0, ids.Length / (int)width).Select(row =>
        {
            int[] kept = [.. Enumerable.Range(row * (int)width, (int)width).Where(i => mask[i] != 0)];
            return new TokenizedExample([.. kept.Select(i => (int)ids[i])], [.. kept.Select(i => (int)types[i])]);
        })];
    }

    private static long[] Integers(SafetensorsFile tensors, string name, out long width)
    {
        Assert.That(tensors.TryGet(name, out TensorInfo info), name);
        long[] values = new long[info.ElementCount];
        tensors.ReadInt64s(name, values);
        width = info.Shape[1];
        return values;
    }
}
