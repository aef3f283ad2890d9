using OrtTrainer.Checkpoints;
using OrtTrainer.Graph;
using OrtTrainer.Graph.Differentiation;
using OrtTrainer.Graph.Import;
using OrtTrainer.Graph.Onnx;
using OrtTrainer.Runtime;
using ElementType = OrtTrainer.Graph.ElementType;

namespace OrtTrainer.Tests.Graph.Import;

/// <summary>
/// Exported classifiers compiled to training graphs: stored tensors become inputs, a loss is appended and
/// differentiated. The gradients are those of the model the file was exported from.
/// </summary>
public sealed class ExportTrainingTests
{
    private static IEnumerable<TestCaseData> Exports() => ExportedModel.Files(name =>
        name.Contains("-classification.", StringComparison.Ordinal) && !ExportedModel.IsOfImages(name));

    [TestCaseSource(nameof(Exports))]
    public void Gradients_of_an_export_are_those_of_the_reference(string path)
    {
        using ExportedModel export = new(path);
        string source = Path.Combine(SharedFiles.Goldens, "models", Path.GetFileName(path).Split('.')[0]);
        Assume.That(Directory.Exists(source), $"{source} is not there");
        using SafetensorsFile weights = SafetensorsFile.OpenFile(Path.Combine(source, "model.safetensors"));
        using SafetensorsFile golden = SafetensorsFile.OpenFile(Path.Combine(source, "golden.safetensors"));

        ImportedGraph imported = GraphImporter.Import(ModelReader.Read(path), IsWeight);
        GraphBuilder g = imported.Builder;
        Value logits = g.Outputs.Single();
        Value targets = g.Input("targets", new TensorType(ElementType.Float, logits.Shape));
        Value scale = g.Input("scale", TensorType.Float());
        Value likelihood = g.ReduceSum(g.Mul(targets, g.LogSoftmax(logits, -1)), [0, 1], keepAxes: false);
        Value loss = g.Neg(g.Mul(scale, likelihood));
        Value[] parameters = [.. Autodiff.Parameters(g, loss, imported.Parameters.Select(p => p.Value))];
        IReadOnlyList<Value> gradients = Autodiff.Gradients(g, loss, parameters);
        g.Output(loss, "loss");
        for (int i = 0; i < gradients.Count; i++)
        {
            g.Output(gradients[i], $"gradient{i}");
        }

        using GraphSession session = GraphSession.FromBytes(
            g.ToBytes(), new ExecutionOptions { UseKernels = false, IntraOpThreads = 1 }, Path.GetFileName(path));
        using Binding binding = session.CreateBinding();
        export.Bind(session, binding);
        SetTargets(binding, golden, weights: imported.Parameters, classes: (int)logits.Shape[1].Size);
        foreach (GraphValue output in session.Outputs)
        {
            binding.BindOutput(output.Name);
        }

        binding.Run();

        Assert.That(binding.Output("loss")[0], Is.EqualTo(ExportedModel.ReadFloats(golden, "loss")[0]).Within(1e-5));
        GradientSources sources = new(weights, golden);
        int compared = 0;
        for (int i = 0; i < parameters.Length; i++)
        {
            TensorProto tensor = imported.Parameters.Single(p => p.Value == parameters[i]).Tensor;
            if (sources.Find(tensor) is not { } expected)
            {
                continue;
            }

            double largest = expected.Max(Math.Abs);
            Assert.That(binding.Output($"gradient{i}").ToArray(),
                Is.EqualTo(expected).Within(Math.Max(1e-4 * largest, 1e-7)),
                tensor.Name);
            compared++;
        }

        TestContext.Out.WriteLine($"{compared} of {sources.Count} parameters compared");
        Assert.That(compared, Is.GreaterThanOrEqualTo(0.8 * sources.Count),
            $"parameters of {sources.Count} that were found");
    }

    /// <summary>
    /// Exporters leave scalars and masks among the stored tensors too; those have no axes or are no float.
    /// </summary>
    private static bool IsWeight(TensorProto tensor) =>
        tensor.DataType == (int)ElementType.Float && tensor.Dims.Count > 0;

    private static void SetTargets(
        Binding binding, SafetensorsFile golden, IReadOnlyList<ImportedParameter> weights, int classes)
    {
        Assert.That(golden.TryGet("batch0.labels", out TensorInfo info));
        long[] labels = new long[info.ElementCount];
        golden.ReadInt64s("batch0.labels", labels);
        float[] targets = new float[labels.Length * classes];
        for (int b = 0; b < labels.Length; b++)
        {
            targets[(b * classes) + labels[b]] = 1;
        }

        binding.SetInput("targets", targets, [labels.Length, classes]);
        binding.SetInput("scale", [1f / labels.Length], []);
        foreach (ImportedParameter weight in weights)
        {
            binding.SetInput(weight.Value.Name, weight.Tensor.ReadFloat(), [.. weight.Tensor.Dims]);
        }
    }
}
