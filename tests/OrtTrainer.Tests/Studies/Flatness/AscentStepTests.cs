using System.Text.Json;
using OrtTrainer.Runtime;
using OrtTrainer.Studies.Flatness;

namespace OrtTrainer.Tests.Studies.Flatness;

public sealed class AscentStepTests
{
    private static readonly double[] Eigenvalues = [4, 1, 9];
    private static readonly double[] Weights = [0.5, -2, 0.25];

    [Test]
    public void The_rise_on_a_quadratic_is_rho_times_slope_plus_half_the_curvature_along_it()
    {
        using Quadratic surface = new(Eigenvalues);
        (WeightBuffer weights, WeightBuffer gradient, double loss) = At(surface);
        double[] g = [2, -2, 2.25];
        double norm = Math.Sqrt(g.Sum(x => x * x));
        double curvature = g.Select((x, i) => x * x * Eigenvalues[i]).Sum() / (norm * norm);

        AscentSharpness rise = AscentStep.Plain(surface, weights, loss, gradient, 0.05);

        Assert.That(rise.Increase, Is.EqualTo((0.05 * norm) + (0.5 * 0.05 * 0.05 * curvature)).Within(1e-6));
        Assert.That(rise.Loss, Is.EqualTo(loss + rise.Increase));
        Free(weights, gradient);
    }

    [Test]
    public void The_adaptive_step_lies_on_the_border_of_the_stretched_ball()
    {
        using Quadratic surface = new(Eigenvalues);
        (WeightBuffer weights, WeightBuffer gradient, double loss) = At(surface);

        AscentSharpness rise = AscentStep.Adaptive(surface, weights, loss, gradient, 0.5);

        // |step / w| is rho, and no point of the border beside it has a larger linear part.
        double[] step = [.. Weights.Select((w, i) => surface.Point.Span[i] - w)];
        Assert.That(Math.Sqrt(step.Select((s, i) => s * s / (Weights[i] * Weights[i])).Sum()),
            Is.EqualTo(0.5).Within(1e-6));
        double[] g = [2, -2, 2.25];
        double linear = g.Zip(step, (a, b) => a * b).Sum();
        Assert.That(linear, Is.EqualTo(0.5 * Math.Sqrt(g.Select((x, i) => x * x * Weights[i] * Weights[i]).Sum()))
            .Within(1e-6));
        Assert.That(rise.Increase,
            Is.EqualTo(linear + (0.5 * step.Select((s, i) => s * s * Eigenvalues[i]).Sum())).Within(1e-6));
        Free(weights, gradient);
    }

    [Test]
    public void The_adaptive_rise_is_blind_to_scale_and_the_plain_one_is_not()
    {
        // The same function of weights ten times as large: f(w / 10).
        using Quadratic scaled = new([.. Eigenvalues.Select(e => e / 100)]);
        using Quadratic surface = new(Eigenvalues);
        (double Plain, double Adaptive) here = Both(surface, Weights);
        (double Plain, double Adaptive) there = Both(scaled, [.. Weights.Select(w => 10 * w)]);

        Assert.That(there.Adaptive, Is.EqualTo(here.Adaptive).Within(1e-5));
        Assert.That(there.Plain, Is.LessThan(here.Plain / 5));
    }

    [Test]
    public void Where_the_gradient_vanishes_nothing_rises()
    {
        using Quadratic surface = new(Eigenvalues, [1, 2, 3]);
        using WeightBuffer weights = Quadratic.Buffer(1, 2, 3);
        using WeightBuffer gradient = new(Device.Default, 3);

        Assert.That(AscentStep.Plain(surface, weights, 0, gradient, 0.05).Increase, Is.Zero);
        Assert.That(AscentStep.Adaptive(surface, weights, 0, gradient, 0.5).Increase, Is.Zero);
    }

    [Test]
    public void Descent_with_the_gradient_after_the_step_gives_the_reference_weights_of_sam()
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(SharedFiles.Golden("methods", "sam.json")));
        JsonElement root = golden.RootElement;
        double rho = root.GetProperty("rho").GetDouble();
        double rate = root.GetProperty("lr").GetDouble();
        using Quadratic surface = new(Doubles(root.GetProperty("quadratic_diag")));
        double[] at = Doubles(root.GetProperty("start"));
        foreach (JsonElement expected in root.GetProperty("weights").EnumerateArray())
        {
            using WeightBuffer weights = Quadratic.Buffer(at);
            using WeightBuffer gradient = Gradient(surface, weights);
            AscentStep.Plain(surface, weights, 0, gradient, rho);
            surface.Differentiate(gradient);
            at = [.. at.Select((w, i) => w - (rate * gradient.Span[i]))];
            Assert.That(at, Is.EqualTo(Doubles(expected)).Within(1e-6));
        }
    }

    private static (double Plain, double Adaptive) Both(Quadratic surface, double[] at)
    {
        using WeightBuffer weights = Quadratic.Buffer(at);
        using WeightBuffer gradient = Gradient(surface, weights);
        double loss = surface.Measure().Loss;
        return (AscentStep.Plain(surface, weights, loss, gradient, 0.05).Increase,
            AscentStep.Adaptive(surface, weights, loss, gradient, 0.5).Increase);
    }

    private static (WeightBuffer Weights, WeightBuffer Gradient, double Loss) At(Quadratic surface)
    {
        WeightBuffer weights = Quadratic.Buffer(Weights);
        return (weights, Gradient(surface, weights), surface.Measure().Loss);
    }

    private static WeightBuffer Gradient(Quadratic surface, WeightBuffer weights)
    {
        WeightBuffer gradient = new(Device.Default, weights.Length);
        weights.Span.CopyTo(surface.Point.Span);
        surface.Differentiate(gradient);
        return gradient;
    }

    private static void Free(params WeightBuffer[] buffers) => Array.ForEach(buffers, buffer => buffer.Dispose());

    private static double[] Doubles(JsonElement array) => [.. array.EnumerateArray().Select(e => e.GetDouble())];
}
