using OrtTrainer.Common;
using OrtTrainer.Import;
using OrtTrainer.Models;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Graph.Import;
using OrtTrainer.Tests.Models;

namespace OrtTrainer.Tests.Import;

/// <summary>
/// Files of PyTorch's two exporters, imported: logits, loss and every gradient are those of the model that was exported.
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
        TestContext.Out.WriteLine($"{report.Attention} of {report.Attention + report.PlainAttention} sites of attention " +
            $"recognized, {report.Weights} weights, difference {report.Difference:e1}");
        Assert.That(report.Difference, Is.LessThan(1e-4));

        using TrainedGolden model = new(golden, kernels, model: report.Folder);
        float loss = model.Gradients(0);

        Assert.That(model.Logits(), Is.EqualTo(model.Golden.PackedLogits).Within(1e-5));
        if (golden == GoldenModel.SharedSpans)
        {
            // That loss is over padding, too.
            return;
        }

        Assert.That(loss, Is.EqualTo(model.Golden.Floats("loss")[0]).Within(1e-5));
        foreach (ParameterSpec parameter in model.Layout.Parameters.Where(p => !p.IsStatistic))
        {
            float[] expected = model.Golden.Of("grad.", parameter);
            float largest = expected.Max(Math.Abs);
            double tolerance = model.IsZeroInTheory(parameter) ? 1e-6 : 1e-4 * largest;
            Assert.That(model.GradientOf(parameter), Is.EqualTo(expected).Within(tolerance), parameter.Name);
        }
    }
}
