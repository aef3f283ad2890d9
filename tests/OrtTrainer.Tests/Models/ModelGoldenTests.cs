using OrtTrainer.Graph;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Updates;
using OrtTrainer.Tests.Runtime.Products;
using OrtTrainer.Tests.Training;
using OrtTrainer.Training;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Tests.Models;

/// <summary>
/// Models against their plain twins in float64 and against Hugging Face: logits, loss, every gradient, and the weights
/// after some AdamW steps.
/// </summary>
public sealed class ModelGoldenTests
{
    // Operands are off by up to 2^-9 of themselves, 0.002, and a chain of ten or more products adds that up. The
    // largest found among these models are 0.019 and 0.055, and of most of them a quarter of that.
    private const double LogitsOfBFloat16 = 0.03, GradientsOfBFloat16 = 0.08;

    private static IEnumerable<TestCaseData> Cases() =>
        from folder in GoldenModel.Folders()
        from kernels in new[] { true, false }
        select new TestCaseData(folder, kernels).SetArgDisplayNames(
            Path.GetFileName(folder), kernels ? "kernels" : "functions");

    [TestCaseSource(nameof(Cases))]
    public void Logits_loss_and_gradients_are_those_of_the_reference(string folder, bool kernels)
    {
        using TrainedGolden model = new(folder, kernels);
        float loss = model.Gradients(0);

        Assert.That(model.Logits(), Is.EqualTo(model.Golden.PackedLogits).Within(1e-5));
        Assert.That(loss, Is.EqualTo(model.Golden.Floats("loss")[0]).Within(1e-5));
        foreach (ParameterSpec parameter in model.Layout.Parameters.Where(p => !p.IsStatistic))
        {
            model.AssertGradient(
                parameter, model.Golden.Of("grad.", parameter), model.IsZeroInTheory(parameter));
        }
    }

    [TestCaseSource(nameof(Folders))]
    public void Operands_of_bfloat16_leave_logits_and_gradients_near_the_reference(string folder)
    {
        Precisions.Require(Precision.Bf16);
        using TrainedGolden model = new(folder, kernels: true, Precision.Bf16);
        float loss = model.Gradients(0);

        Assert.That(
            Distance(model.Logits(), model.Golden.PackedLogits), Is.LessThan(LogitsOfBFloat16), "logits");
        Assert.That(loss, Is.EqualTo(model.Golden.Floats("loss")[0]).Within(2e-2));
        ParameterSpec[] parameters = [.. model.Layout.Parameters];
        // The slope of ReLU jumps where rounding moves an input past zero.
        if (File.ReadAllText(Path.Combine(folder, "config.json")).Contains("\"relu\"", StringComparison.Ordinal))
        {
            return;
        }

        Assert.That(
            Distance(
                [.. parameters.SelectMany(model.GradientOf)],
                [.. parameters.SelectMany(p => model.Golden.Of("grad.", p))]),
            Is.LessThan(GradientsOfBFloat16), "gradients");
    }

    private static IEnumerable<string> Folders => GoldenModel.Folders();

    /// <summary>The size of the difference, of that of what is expected.</summary>
    private static double Distance(float[] actual, float[] expected) => Math.Sqrt(
        actual.Zip(expected, (a, b) => Math.Pow((double)a - b, 2)).Sum() / expected.Sum(v => (double)v * v));

    [TestCaseSource(nameof(Cases))]
    public void Weights_after_AdamW_steps_are_those_of_the_reference(string folder, bool kernels)
    {
        using TrainedGolden model = new(folder, kernels);
        var settings = model.Golden.Json.GetProperty("optimizer");
        double rate = settings.GetProperty("lr").GetDouble();
        double clip = settings.GetProperty("clip_global_norm").GetDouble();
        HashSet<string> noDecay = [.. settings.GetProperty("no_decay").EnumerateArray().Select(e => e.GetString()!)];
        Assert.That(
            model.Layout.Parameters.Where(p => !p.WeightDecay && !p.IsStatistic).Select(p => p.Storage.Tensor)
                .Distinct(),
            Is.EquivalentTo(noDecay));
        int steps = model.Golden.Json.GetProperty("steps").GetInt32();
        double[] betas = [.. settings.GetProperty("betas").EnumerateArray().Select(e => e.GetDouble())];

        using WeightUpdates updates = GoldenDevice.Current.CreateUpdates(threads: 2);
        WeightLayout flat = model.Layout.Weights;
        using Optimizer optimizer = updates.CreateAdamW(flat, new AdamWOptions
        {
            Beta1 = betas[0],
            Beta2 = betas[1],
            Epsilon = settings.GetProperty("eps").GetDouble(),
            WeightDecay = settings.GetProperty("weight_decay").GetDouble(),
        });
        GradientNorm norm = updates.CreateNorm(flat);
        for (int step = 0; step < steps; step++)
        {
            model.Gradients(step);
            optimizer.Step(new StepInputs
            {
                Parameters = model.Parameters,
                Gradients = model.GradientBuffer,
                LearningRate = rate,
                GradientScale = GradientClipping.Coefficient(norm.Measure(model.GradientBuffer), clip),
            });
        }

        foreach (ParameterSpec parameter in model.Layout.Parameters.Where(p => !p.IsStatistic))
        {
            float[] expected = model.Golden.Of("after.", parameter);
            float[] differences = [.. model.Values(parameter).Zip(expected, (a, b) => Math.Abs(a - b))];
            if (model.IsZeroInTheory(parameter))
            {
                // Adam turns rounding noise into steps of up to the rate.
                Assert.That(differences.Max(), Is.LessThanOrEqualTo(2 * rate * steps), parameter.Name);
                continue;
            }

            Assert.That(differences.Max(), Is.LessThanOrEqualTo(0.5 * rate), parameter.Name);
            double close = differences.Count(d => d <= 0.02 * rate) / (double)differences.Length;
            Assert.That(close, Is.GreaterThanOrEqualTo(0.999), parameter.Name);
        }
    }
}
