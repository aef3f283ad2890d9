using Microsoft.ML.OnnxRuntime;
using OrtTrainer.Common;
using OrtTrainer.Export;
using OrtTrainer.Graph;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks.ImageClassification;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Models;
using OrtTrainer.Training;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tests.Export;

/// <summary>
/// Exports whose attention is ONNX Runtime's own operator; <see cref="ExportGoldenTests"/> has the families.
/// </summary>
public sealed class FusedExportTests
{
    private const string ResNetConfig = """
        {
          "model_type": "resnet", "embedding_size": 4, "hidden_sizes": [8, 16], "depths": [1, 2], "num_channels": 3,
          "layer_type": "bottleneck", "image_size": 16, "initializer_range": 0.2
        }
        """;

    private TemporaryFolder _output = null!;

    [SetUp]
    public void SetUp() => _output = new TemporaryFolder();

    [TearDown]
    public void CleanUp() => _output.Dispose();

    [TestCase("bert")]
    [TestCase("roberta")]
    public void A_plain_session_gives_rows_of_unequal_lengths_their_logits(string architecture)
    {
        using TinyClassifier tiny = TinyClassifier.Of(architecture);
        ModelExporter.Export(_output.Path, tiny.Model, TinyClassifier.Provenance, isFused: true);

        Assert.That(Plain("model.onnx", tiny.Examples), Is.EqualTo(tiny.ReferenceLogits(tiny.Examples)).Within(1e-5));
    }

    [Test]
    public void It_passes_the_check_of_every_export_and_goes_with_8_bit_weights()
    {
        using TinyClassifier tiny = TinyClassifier.Of("bert");
        using EvaluationSession session = tiny.Evaluation();
        ExportReference reference = new(tiny.Examples, session, tiny.Parameters, TinyClassifier.OneThread);

        ExportResult result = ModelExporter.Export(
            _output.Path, tiny.Model, TinyClassifier.Provenance, reference, quantization: Quantization.Int8,
            isFused: true);

        float[] exact = tiny.ReferenceLogits(tiny.Examples);
        Assert.That(result.Comparison!.MaxAbsolute, Is.LessThan(1e-5));
        Assert.That(Operators("model_quantized.onnx"), Is.EqualTo((Attention: 2, Softmax: 0, Integer: (2 * 6) + 2)));
        Assert.That(
            Plain("model_quantized.onnx", tiny.Examples), Is.EqualTo(exact).Within(0.15 * exact.Max(Math.Abs)));
    }

    [Test]
    public void Images_need_no_mask()
    {
        string folder = Path.Combine(SharedFiles.Goldens, "models", "vit-classification");
        GoldenModel.Require(folder);
        using GoldenModel golden = new(folder);
        Architecture architecture = golden.Pretrained.Architecture;
        PackedGraph graph = PackedGraph.Evaluation(architecture, golden.Task.Head(golden.Outputs));
        using WeightBuffer weights = new(Device.Default, graph.Layout.Length);
        golden.Pretrained.Load(graph.Layout, weights, seed: 0);
        using EvaluationSession session = new(graph, TinyClassifier.OneThread);
        ExportReference reference = new(golden.Batch(0), session, weights, TinyClassifier.OneThread);

        ExportResult result = ModelExporter.Export(_output.Path, new FineTunedModel
        {
            Config = golden.Pretrained.Config,
            Task = ImageClassificationTask.Instance.For(golden.Pretrained.Config),
            Labels = golden.Task.OutputNames(golden.Pretrained.Config),
            Layout = graph.Layout,
            Parameters = weights,
        }, TinyClassifier.Provenance, reference, isFused: true);

        Assert.That(result.Comparison!.MaxAbsolute, Is.LessThan(1e-5));
        Assert.That(Operators("model.onnx"), Is.EqualTo((architecture.Shape.Layers, 0, 0)));
    }

    [Test]
    public void What_has_no_such_attention_is_refused_in_words()
    {
        TinyEncoderDecoder.Write(_output.File("t5"), "t5");
        TinyLlama.Write(_output.File("llama"));
        _output.Write("resnet/config.json", ResNetConfig);
        using PretrainedModel both = PretrainedModel.Open(_output.File("t5"));
        using PretrainedModel grouped = PretrainedModel.Open(_output.File("llama"));
        using PretrainedModel resNet = PretrainedModel.Open(_output.File("resnet"), fromScratch: true);

        Assert.That(PaddedGraph.NotFused(both.Architecture, new TargetTokenHead(19)), Does.Contain("decoder"));
        Assert.That(PaddedGraph.NotFused(grouped.Architecture, new NextTokenHead(17)), Does.Contain("writes on"));
        Assert.That(PaddedGraph.NotFused(grouped.Architecture, new SequenceHead(2)), Does.Contain("fewer heads"));
        Assert.That(PaddedGraph.NotFused(resNet.Architecture, new ImageHead(2)), Does.Contain("without attention"));
        using WeightBuffer weights = new(Device.Default, 1);
        Assert.That(
            () => ModelExporter.Export(_output.File("out"), new FineTunedModel
            {
                Config = resNet.Config,
                Task = ImageClassificationTask.Instance.For(resNet.Config),
                Labels = ["a", "b"],
                Layout = PackedGraph.Evaluation(resNet.Architecture, new ImageHead(2)).Layout,
                Parameters = weights,
            }, TinyClassifier.Provenance, isFused: true),
            Throws.InstanceOf<RunException>().With.Message.Contains("model without attention"));
        Assert.That(Directory.Exists(_output.File("out")), Is.False);
    }

    private (int Attention, int Softmax, int Integer) Operators(string name)
    {
        string[] types = [.. ModelReader.Read(_output.File($"onnx/{name}")).Graph.Node.Select(node => node.OpType)];
        int Count(string type) => types.Count(t => t == type);
        return (Count("MultiHeadAttention"), Count("Softmax"), Count("MatMulInteger"));
    }

    /// <summary>The logits of one padded batch on a session as anyone would open it.</summary>
    private float[] Plain(string name, TokenizedExample[] examples)
    {
        using InferenceSession session = new(_output.File($"onnx/{name}"));
        int width = examples.Max(example => example.InputIds.Length);
        Dictionary<string, OrtValue> inputs = session.InputNames.ToDictionary(input => input, input =>
            OrtValue.CreateTensorValueFromMemory<long>(
                [.. examples.SelectMany(e => Enumerable.Range(0, width).Select(i => i >= e.InputIds.Length ? 0L
                    : input == PaddedInputs.InputIds ? e.InputIds[i]
                    : input == PaddedInputs.TokenTypeIds ? e.TokenTypeIds[i]
                    : 1L))],
                [examples.Length, width]));
        using RunOptions options = new();
        using IDisposableReadOnlyCollection<OrtValue> outputs =
            session.Run(options, inputs, [PaddedInputs.Logits]);
        float[] logits = outputs[0].GetTensorDataAsSpan<float>().ToArray();
        Array.ForEach([.. inputs.Values], input => input.Dispose());
        return logits;
    }
}
