using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Export;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks.Seq2Seq;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Models;
using OrtTrainer.Training;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tests.Export;

/// <summary>Exported encoders and decoders, run as other software would: padded, in standard operators.</summary>
public sealed partial class EncoderDecoderExportTests
{
    private static IEnumerable<TestCaseData> References() =>
        GoldenModel.SharedFolders().Where(folder => folder.EndsWith("seq2seq", StringComparison.Ordinal))
            .Select(folder => new TestCaseData(folder).SetArgDisplayNames(Path.GetFileName(folder)));

    [TestCaseSource(nameof(References))]
    public void Both_graphs_give_the_reference_logits(string folder)
    {
        GoldenModel.Require(folder);
        using GoldenModel golden = new(folder);
        using TemporaryFolder output = new();
        using Exported exported = new(golden.Pretrained, golden.Outputs, output.Path);
        using Graphs graphs = new(output.File("onnx"), golden.Batch(0));

        float[] whole = graphs.Whole(pastLength: 0);
        float[] behindNothing = graphs.Whole(pastLength: 1);

        Assert.That(graphs.EncoderInputs, Is.EqualTo(new[] { "input_ids", "attention_mask" }));
        Assert.That(graphs.DecoderInputs, Is.EqualTo(new[]
        {
            "encoder_attention_mask", "input_ids", "encoder_hidden_states",
            "past_key_values.0.decoder.key", "past_key_values.0.decoder.value",
            "past_key_values.0.encoder.key", "past_key_values.0.encoder.value",
            "past_key_values.1.decoder.key", "past_key_values.1.decoder.value",
            "past_key_values.1.encoder.key", "past_key_values.1.encoder.value", "use_cache_branch",
        }));
        Assert.That(
            graphs.DecoderOutputs, Is.EqualTo(graphs.DecoderInputs.Skip(3).SkipLast(1)
                .Select(name => name.Replace("past_key_values", "present", StringComparison.Ordinal))
                .Prepend("logits")));
        Assert.That(golden.Packed(whole), Is.EqualTo(golden.PackedLogits).Within(1e-5));
        Assert.That(behindNothing, Is.EqualTo(whole), "what stands in a cache that is not used means nothing");
    }

    [TestCaseSource(nameof(References))]
    public void The_decoder_gives_the_reference_logits_token_by_token(string folder)
    {
        GoldenModel.Require(folder);
        using GoldenModel golden = new(folder);
        using TemporaryFolder output = new();
        using Exported exported = new(golden.Pretrained, golden.Outputs, output.Path);
        using Graphs graphs = new(output.File("onnx"), golden.Batch(0));

        Assert.That(golden.Packed(graphs.TokenByToken()), Is.EqualTo(golden.PackedLogits).Within(1e-5));
    }

    [TestCaseSource(nameof(References))]
    public void Exported_weights_have_the_names_shapes_and_values_of_the_original(string folder)
    {
        GoldenModel.Require(folder);
        using GoldenModel golden = new(folder);
        using TemporaryFolder output = new();
        using Exported exported = new(golden.Pretrained, golden.Outputs, output.Path);
        using SafetensorsFile original = SafetensorsFile.OpenFile(Path.Combine(folder, "model.safetensors"));
        using SafetensorsFile written = SafetensorsFile.OpenFile(output.File("model.safetensors"));

        Assert.That(written.Names, Is.EquivalentTo(original.Names));
        foreach (string name in original.Names)
        {
            Assert.That(Values(written, name), Is.EqualTo(Values(original, name)), name);
        }
    }

    [Test]
    public void Forms_without_a_reference_compute_the_same_packed_and_padded(
        [Values("t5", "t5-v1.1", "t5-silu", "bart", "bart-scaled")] string kind)
    {
        using TemporaryFolder folder = new();
        TinyEncoderDecoder.Write(folder.File("model"), kind);
        using PretrainedModel model = PretrainedModel.Open(folder.File("model"));
        using Exported exported = new(model, model.Architecture.Shape.Vocabulary, folder.File("out"), compare: true);

        Assert.That(exported.Result.Comparison!.Examples, Is.EqualTo(4));
        Assert.That(exported.Result.Comparison!.MaxAbsolute, Is.LessThan(1e-4));
    }

    [Test]
    public void Weights_of_8_bits_are_refused()
    {
        using TemporaryFolder folder = new();
        TinyEncoderDecoder.Write(folder.File("model"), "t5");
        using PretrainedModel model = PretrainedModel.Open(folder.File("model"));

        Assert.That(
            () => new Exported(model, 19, folder.File("out"), quantization: Quantization.Int8),
            Throws.InstanceOf<RunException>().With.Message.Contains("8-bit"));
    }

    private static float[] Values(SafetensorsFile file, string name)
    {
        Assert.That(file.TryGet(name, out TensorInfo info), name);
        float[] values = new float[info.ElementCount];
        file.ReadFloats(name, values);
        return values;
    }

    /// <summary>A model's weights and what came of exporting them.</summary>
    private sealed class Exported : IDisposable
    {
        private static readonly TokenizedExample[] Examples =
        [
            new([5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 3], new int[12]) { DecoderIds = [0, 5] },
            new([3], [0]) { DecoderIds = [0, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14] },
            new([6, 6, 18], new int[3]) { DecoderIds = [0] },
            new([9, 3], new int[2]) { DecoderIds = [0, 18, 17] },
        ];

        private readonly WeightBuffer _weights;

        public Exported(
            PretrainedModel model, int outputs, string folder, bool compare = false,
            Quantization quantization = Quantization.None)
        {
            PackedGraph graph = PackedGraph.Evaluation(model.Architecture, new TargetTokenHead(outputs));
            _weights = new WeightBuffer(Device.Default, graph.Layout.Length);
            Assert.That(model.Load(graph.Layout, _weights, seed: 0), Is.Empty);
            FineTunedModel tuned = new()
            {
                Config = model.Config,
                Task = Seq2SeqTask.Instance.For(model.Config),
                Labels = Seq2SeqTask.Instance.OutputNames(model.Config),
                Layout = graph.Layout,
                Parameters = _weights,
            };
            using EvaluationSession session = new(graph, TinyClassifier.OneThread);
            Result = ModelExporter.Export(
                folder, tuned, TinyClassifier.Provenance,
                compare ? new(Examples, session, _weights, TinyClassifier.OneThread) : null,
                quantization: quantization);
        }

        public ExportResult Result { get; }

        public void Dispose() => _weights.Dispose();
    }
}
