using OrtTrainer.Models;

namespace OrtTrainer.Tests.Models;

public sealed class ParameterInitializerTests
{
    private static readonly ParameterSpec Weight =
        new("layer.weight", [200, 500], ParameterInitialization.Normal, true);

    [Test]
    public void Weights_are_normal_with_the_deviation_asked_for()
    {
        double[] values = [.. Fill(Weight, seed: 1).Select(v => (double)v)];
        double variance = values.Average(v => v * v);

        // Five standard errors of the moments of 100,000 normal draws.
        Assert.That(values.Average(), Is.EqualTo(0).Within(5 * 0.02 / Math.Sqrt(1e5)));
        Assert.That(variance, Is.EqualTo(4e-4).Within(5 * 4e-4 * Math.Sqrt(2 / 1e5)));
        Assert.That(values.Average(v => Math.Pow(v / 0.02, 4)), Is.EqualTo(3).Within(5 * Math.Sqrt(96 / 1e5)));
        Assert.That(values.Count(v => Math.Abs(v) < 0.02) / 1e5, Is.EqualTo(0.6827).Within(0.0075));
    }

    [Test]
    public void Convolutions_go_by_the_places_that_an_input_reaches()
    {
        ParameterSpec kernel = new("conv.weight", [64, 32, 3, 5], ParameterInitialization.HeNormal, true);

        double variance = Fill(kernel, seed: 1).Average(v => (double)v * v);

        double expected = 2.0 / (64 * 3 * 5);
        Assert.That(variance, Is.EqualTo(expected).Within(5 * expected * Math.Sqrt(2.0 / kernel.Length)));
    }

    [Test]
    public void What_goes_by_inputs_is_uniform_within_their_root()
    {
        double[] values =
            [.. Fill(Weight with { Initialization = ParameterInitialization.ByInputs }, 1).Select(v => (double)v)];

        // 500 inputs; five standard errors of the mean and of the mean square, 1/3 of the bound's, of 100,000 draws.
        double bound = 1 / Math.Sqrt(500);
        Assert.That(values, Has.All.InRange(-bound, bound));
        Assert.That(values.Average(), Is.EqualTo(0).Within(5 * bound / Math.Sqrt(3e5)));
        Assert.That(values.Average(v => v * v), Is.EqualTo(bound * bound / 3)
            .Within(5 * bound * bound * Math.Sqrt(4.0 / 45 / 1e5)));
    }

    [Test]
    public void Seed_and_name_fix_the_values()
    {
        float[] values = Fill(Weight, seed: 1);

        Assert.That(Fill(Weight, seed: 1), Is.EqualTo(values));
        Assert.That(Fill(Weight, seed: 2), Is.Not.EqualTo(values));
        Assert.That(Fill(Weight with { Name = "other.weight" }, seed: 1), Is.Not.EqualTo(values));
    }

    [Test]
    public void Biases_begin_at_zero_and_gains_at_one()
    {
        Assert.That(Fill(Weight with { Initialization = ParameterInitialization.Zeros }, 1), Is.All.Zero);
        Assert.That(Fill(Weight with { Initialization = ParameterInitialization.Ones }, 1), Is.All.EqualTo(1));
    }

    private static float[] Fill(ParameterSpec parameter, long seed)
    {
        float[] values = new float[parameter.Length];
        Array.Fill(values, 9);
        ParameterInitializer.Fill(parameter, values, 0.02, seed);
        return values;
    }
}
