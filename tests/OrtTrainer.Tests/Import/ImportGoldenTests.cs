using OrtTrainer.Checkpoints;
using OrtTrainer.Import;
using OrtTrainer.Models;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Graph.Import;
using OrtTrainer.Tests.Models;

namespace OrtTrainer.Tests.Import;

/// <summary>
/// Files of PyTorch's two exporters, imported: logits, loss and every gradient are those of the model that was
/// exported.
/// </summary>
public sealed class ImportGoldenTests
{
    private static IEnumerable<TestCaseData> Cases() =>
        from file in ExportedModel.Files(_ => true)
        from kernels in new[] { true, false }
        select new TestCaseData(file.Arguments[0], kernels).SetArgDisplayNames(
            Path.GetFileNameWithoutExtension((string)file.Arguments[0]!), kernels ? "kernels" : "functions");

    [TestCaseSource(nameof(Cases))]
    public void Logits_loss_and_gradients_are_those_of_the_exported_model(string path, bool kernels)
    {
        string golden = Path.Combine(SharedFiles.Goldens, "models", Path.GetFileName(path).Split('.')[0]);
        Assume.That(File.Exists(path) && Directory.Exists(golden),
            $"{path} is not there; this test compares with reference material outside the repository.");
        using TemporaryFolder folder = new();
        ImportReport report = ModelImport.Run(path, folder.File("imported"));
        TestContext.Out.WriteLine($"{report.Attention} of {report.Attention + report.PlainAttention} sites of " +
            $"attention recognized, {report.Weights} weights, difference {report.Difference:e1}");
        Assert.That(report.Difference, Is.LessThan(1e-4));

        if (golden == GoldenModel.SharedSpans)
        {
            // The loss of that golden is over padding, too.
            return;
        }

        using TrainedGolden model = new(golden, kernels, model: report.Folder);
        using SafetensorsFile weights = SafetensorsFile.OpenFile(Path.Combine(golden, "model.safetensors"));
        float loss = model.Gradients(0);

        Assert.That(model.Logits(), Is.EqualTo(model.Golden.PackedLogits).Within(1e-5));
        Assert.That(loss, Is.EqualTo(model.Golden.Floats("loss")[0]).Within(1e-5));
        foreach (ParameterSpec parameter in model.Layout.Parameters.Where(p => !p.IsStatistic))
        {
            if (NamedAsIn(weights, parameter, model.Values(parameter)) is not { } named)
            {
                // Batch normalization that was folded into a kernel: its gradient is another's.
                Assert.That(golden, Does.Contain("frozen-bn"), parameter.Name);
                continue;
            }

            model.AssertGradient(
                parameter, model.Golden.Of("grad.", named), model.IsZeroInTheory(parameter) || IsKeyBias(parameter));
        }
    }

    /// <summary>The parameter under the name of the tensor with its values, as exporters rename some; null for
    /// none.</summary>
    private static ParameterSpec? NamedAsIn(SafetensorsFile weights, ParameterSpec parameter, float[] values)
    {
        foreach (string name in weights.Names.OrderByDescending(name => name == parameter.Storage.Tensor))
        {
            Assert.That(weights.TryGet(name, out TensorInfo info));
            if (info.Shape.SequenceEqual(parameter.Storage.ShapeFor(parameter.Shape)))
            {
                float[] stored = new float[parameter.Length];
                parameter.Storage.Read(weights, name, parameter.Shape, stored);
                if (stored.AsSpan().SequenceEqual(values))
                {
                    return parameter with { Storage = parameter.Storage with { Tensor = name } };
                }
            }
        }

        return null;
    }

    // A softmax over keys does not see what moves all of them alike.
    private static bool IsKeyBias(ParameterSpec parameter) =>
        parameter.Name.EndsWith("k_proj.bias", StringComparison.Ordinal)
        || (parameter.Storage.Rows is not null && parameter.Name.EndsWith(".1.bias", StringComparison.Ordinal));
}
