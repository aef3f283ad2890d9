using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using OrtTrainer.Tests.Models;

namespace OrtTrainer.Tests.Artifacts;

/// <summary>
/// What ONNX Runtime 1.19.2 computes of the files of a device: loss and gradients of every family and task are those of
/// Hugging Face's models.
/// </summary>
public sealed class RuntimeGradientTests
{
    private static IEnumerable<TestCaseData> Goldens() =>
        GoldenModel.SharedFolders()
            .Select(folder => new TestCaseData(folder).SetArgDisplayNames(Path.GetFileName(folder)));

    [TestCaseSource(nameof(Goldens))]
    public void Loss_and_gradients_are_those_of_the_reference(string folder)
    {
        using DeviceFiles files = new(folder);
        string flat = files.File("gradients.bin");

        IReadOnlyList<JsonObject> lines =
            TrainingRuntime.Run(files.Folder, files.Batches(), "--steps", "0", "--grads-out", flat);

        JsonObject loaded = TrainingRuntime.Event(lines, "loaded");
        Assert.That(
            loaded["trainingInputs"]!.AsArray().Select(name => name!.GetValue<string>()),
            Is.EqualTo(files.Manifest.Inputs.Select(input => input.Name)));
        Assert.That(
            TrainingRuntime.Event(lines, "eval")["loss"]!.GetValue<double>(),
            Is.EqualTo(files.Golden.Floats("loss")[0]).Within(1e-5));
        float[] gradients = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(flat)).ToArray();
        int at = 0;
        foreach (var parameter in files.Manifest.Parameters.Where(p => p.Trainable))
        {
            float[] expected = files.Golden.Floats("grad." + parameter.Name);
            double tolerance = Math.Max(1e-6, 1e-4 * expected.Max(Math.Abs));
            Assert.That(
                gradients[at..(at + expected.Length)], Is.EqualTo(expected).Within(tolerance), parameter.Name);
            at += expected.Length;
        }

        Assert.That(at, Is.EqualTo(gradients.Length));
    }

    /// <summary>What a step of several passes gives each of them.</summary>
    [Test]
    public void The_scale_of_the_loss_multiplies_gradients()
    {
        const float scale = 0.25f;
        using DeviceFiles files = new(SharedFiles.Golden("models", "bert-classification"), lossScale: scale);
        string flat = files.File("gradients.bin");

        TrainingRuntime.Run(files.Folder, files.Batches(), "--steps", "0", "--grads-out", flat);

        float[] gradients = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(flat)).ToArray();
        int at = 0;
        foreach (var parameter in files.Manifest.Parameters)
        {
            float[] expected = [.. files.Golden.Floats("grad." + parameter.Name).Select(g => scale * g)];
            Assert.That(
                gradients[at..(at + expected.Length)],
                Is.EqualTo(expected).Within(Math.Max(1e-6, 1e-4 * expected.Max(Math.Abs))), parameter.Name);
            at += expected.Length;
        }

        Assert.That(at, Is.EqualTo(gradients.Length));
    }

    /// <summary>Positions of those batches that are padding are ignored.</summary>
    [Test]
    public void Gradients_of_answers_are_finite_differences_of_the_loss()
    {
        using DeviceFiles files = new(GoldenModel.SharedSpans);

        IReadOnlyList<JsonObject> lines =
            TrainingRuntime.Run(files.Folder, files.Batches(), "--steps", "0", "--check-grads", "2");

        JsonObject[] checks =
        [
            .. lines.Where(line => line["event"]?.GetValue<string>() == "gradient check"
                && line["largestGradient"]!.GetValue<double>() > 1e-3),
        ];
        Assert.That(checks, Has.Length.GreaterThan(20));
        Assert.That(checks.Select(check => check["worstRelativeError"]!.GetValue<double>()), Is.All.LessThan(0.03));
    }
}
