using OrtTrainer.Checkpoints;
using OrtTrainer.Export;
using OrtTrainer.Graph;
using OrtTrainer.Graph.Onnx;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Models;

namespace OrtTrainer.Tests.Export;

/// <summary>
/// Exports of the reference models, run as other software would: padded, with a mask, in standard operators.
/// </summary>
public sealed class ExportGoldenTests
{
    // These have other inputs, and tests of their own.
    private static readonly string[] Others = ["seq2seq", "vit-", "resnet-"];

    private static IEnumerable<TestCaseData> Folders() =>
        GoldenModel.Folders().Where(folder => !Others.Any(name => Path.GetFileName(folder).Contains(name)))
            .Append(GoldenModel.SharedSpans)
            .Select(folder => new TestCaseData(folder).SetArgDisplayNames(Path.GetFileName(folder)));

    [TestCaseSource(nameof(Folders))]
    public void An_exported_model_gives_the_reference_logits(string folder)
    {
        using Exported exported = new(folder);

        float[] logits = exported.Golden.Packed(exported.Logits(exported.Inputs()));

        Assert.That(logits, Is.EqualTo(exported.Golden.PackedLogits).Within(1e-5));
    }

    private static IEnumerable<TestCaseData> Fusable() =>
        Folders().Where(folder => !((string)folder.Arguments[0]!).Contains("causal-lm", StringComparison.Ordinal));

    [TestCaseSource(nameof(Fusable))]
    public void Fused_attention_is_one_operator_a_layer_and_gives_the_logits_of_the_plain_graph(string folder)
    {
        using Exported plain = new(folder), fused = new(folder, isFused: true);
        ModelProto model = ModelReader.Read(Path.Combine(fused.Folder, "onnx", "model.onnx"));
        int Count(string type) => model.Graph.Node.Count(node => node.OpType == type);

        float[] logits = fused.Logits(fused.Inputs());

        Assert.That(logits, Is.EqualTo(plain.Logits(plain.Inputs())).Within(1e-5));
        Assert.That(fused.Golden.Packed(logits), Is.EqualTo(fused.Golden.PackedLogits).Within(1e-5));
        int layers = fused.Golden.Pretrained.Architecture.Shape.Layers;
        Assert.That(Count("MultiHeadAttention"), Is.EqualTo(layers));
        Assert.That(Count("RotaryEmbedding"), Is.EqualTo(fused.Golden.Name.Contains("modernbert") ? 2 * layers : 0));
        Assert.That(Count("Softmax"), Is.Zero);
        Assert.That(model.Functions, Is.Empty);
        Assert.That(model.Graph.Node.Select(node => node.Domain), Is.All.EqualTo("").Or.EqualTo("com.microsoft"));
    }

    [TestCaseSource(nameof(Fusable))]
    public void A_row_of_padding_only_gives_numbers_with_fused_attention_too(string folder) =>
        AssertPaddingIsHarmless(folder, isFused: true);

    [TestCaseSource(nameof(Folders))]
    public void A_row_of_padding_only_gives_numbers_and_leaves_the_others_alone(string folder) =>
        AssertPaddingIsHarmless(folder, isFused: false);

    private static void AssertPaddingIsHarmless(string folder, bool isFused)
    {
        using Exported exported = new(folder, isFused);
        Dictionary<string, (long[] Values, long[] Shape)> inputs = exported.Inputs();
        (long[] mask, long[] shape) = inputs["attention_mask"];
        mask.AsSpan(0, (int)shape[1]).Clear();

        float[] logits = exported.Logits(inputs);

        Assert.That(logits, Has.All.Matches<float>(float.IsFinite));
        int first = exported.Golden.LogitsOfFirst;
        Assert.That(exported.Golden.Packed(logits).Skip(first),
            Is.EqualTo(exported.Golden.PackedLogits.Skip(first)).Within(1e-5));
    }

    [TestCaseSource(nameof(Folders))]
    public void Exported_weights_have_the_names_shapes_and_values_of_the_original(string folder)
    {
        using Exported exported = new(folder);
        using SafetensorsFile original = SafetensorsFile.OpenFile(Path.Combine(folder, "model.safetensors"));
        using SafetensorsFile written = SafetensorsFile.OpenFile(Path.Combine(exported.Folder, "model.safetensors"));

        Assert.That(written.Names, Is.EquivalentTo(original.Names));
        foreach (string name in original.Names)
        {
            Assert.That(written.TryGet(name, out TensorInfo found) && original.TryGet(name, out TensorInfo expected)
                && found.Shape.SequenceEqual(expected.Shape), name);
            Assert.That(Values(written, name, found), Is.EqualTo(Values(original, name, found)), name);
        }
    }

    private static float[] Values(SafetensorsFile file, string name, TensorInfo info)
    {
        float[] values = new float[info.ElementCount];
        file.ReadFloats(name, values);
        return values;
    }

    /// <summary>A reference model, exported and opened in a session of its own.</summary>
    private sealed class Exported : IDisposable
    {
        private readonly TemporaryFolder _output = new();
        private readonly SafetensorsFile _tensors;
        private readonly GraphSession _session;

        public Exported(string folder, bool isFused = false)
        {
            GoldenModel.Require(folder);
            Golden = new GoldenModel(folder);
            _tensors = SafetensorsFile.OpenFile(Path.Combine(folder, "golden.safetensors"));
            PretrainedModel model = Golden.Pretrained;
            ParameterLayout layout =
                PackedGraph.Evaluation(model.Architecture, Golden.Task.Head(Golden.Outputs)).Layout;
            using WeightBuffer parameters = new(Device.Default, layout.Length);
            model.Load(layout, parameters, seed: 0);
            ModelExporter.Export(_output.Path, new FineTunedModel
            {
                Config = model.Config,
                Task = Golden.Task,
                Labels = Golden.Task.OutputNames(model.Config),
                Layout = layout,
                Parameters = parameters,
            }, TinyClassifier.Provenance, isFused: isFused);
            _session = GraphSession.FromFile(_output.File("onnx/model.onnx"), TinyClassifier.OneThread);
        }

        public GoldenModel Golden { get; }

        public string Folder => _output.Path;

        /// <summary>Batch 0 as the reference saw it; positions count from 0.</summary>
        public Dictionary<string, (long[] Values, long[] Shape)> Inputs() => _session.Inputs
            .Where(input => !PaddedInputs.IsPast(input.Name)).ToDictionary(input => input.Name, input =>
        {
            if (input.Name == PaddedInputs.PositionIds)
            {
                Assert.That(_tensors.TryGet("batch0.input_ids", out TensorInfo ids));
                long width = ids.Shape[1];
                return ([.. Enumerable.Range(0, (int)ids.ElementCount).Select(at => at % width)], ids.Shape.ToArray());
            }

            Assert.That(_tensors.TryGet("batch0." + input.Name, out TensorInfo info), input.Name);
            long[] values = new long[info.ElementCount];
            _tensors.ReadInt64s("batch0." + input.Name, values);
            return (values, info.Shape.ToArray());
        });

        public float[] Logits(Dictionary<string, (long[] Values, long[] Shape)> inputs)
        {
            using Binding binding = _session.CreateBinding();
            IReadOnlyList<string> outputs = Golden.Task.Head(Golden.Outputs).ExportedNames;
            foreach (string output in outputs)
            {
                binding.BindOutput(output);
            }

            foreach ((string name, (long[] values, long[] shape)) in inputs)
            {
                binding.SetInput(name, values, shape);
            }

            foreach (GraphValue past in _session.Inputs.Where(input => PaddedInputs.IsPast(input.Name)))
            {
                long rows = inputs["input_ids"].Shape[0];
                binding.SetInput(past.Name, ReadOnlySpan<float>.Empty, [rows, past.Shape[1], 0, past.Shape[3]]);
            }

            binding.Run();

            // One output with all values of a row, or one per value.
            float[][] columns = [.. outputs.Select(output => binding.Output(output).ToArray())];
            return [.. Enumerable.Range(0, columns[0].Length).SelectMany(row => columns.Select(column => column[row]))];
        }

        public void Dispose()
        {
            _session.Dispose();
            _tensors.Dispose();
            Golden.Dispose();
            _output.Dispose();
        }
    }
}
