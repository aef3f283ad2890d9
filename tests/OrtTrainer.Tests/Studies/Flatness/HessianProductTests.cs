using OrtTrainer.Runtime;
using OrtTrainer.Studies.Flatness;

namespace OrtTrainer.Tests.Studies.Flatness;

public sealed class HessianProductTests
{
    private static readonly double[] Weights = [0.4, -1.1, 0.7, 0.2];

    [TestCase(0.5)]
    [TestCase(0.0625)]
    public void The_product_is_that_with_the_matrix(double step)
    {
        using Quadratic surface = new([8, 3, 1, -2], normal: [1, 2, -1, 0.5]);
        using WeightBuffer weights = Quadratic.Buffer(Weights);
        using WeightBuffer vector = Quadratic.Buffer(0.5, -0.5, 0.5, 0.5);
        using WeightBuffer product = new(Device.Default, 4);
        using HessianProduct hessian = new(surface, weights);

        hessian.Multiply(vector, step, product, default);

        Assert.That(product.Span.ToArray(),
            Is.EqualTo(surface.Times([0.5, -0.5, 0.5, 0.5])).Within(1e-6 / step));
        Assert.That(weights.Span.ToArray(), Is.EqualTo(Weights.Select(w => (float)w)), "the weights stay");
    }

    [Test]
    public void The_step_is_found_where_products_agree_and_takes_few_gradients()
    {
        using Quadratic surface = new([8, 3, 1, -2], normal: [1, 2, -1, 0.5]);
        using WeightBuffer weights = Quadratic.Buffer(Weights);
        using WeightBuffer vector = Quadratic.Buffer(0.5, -0.5, 0.5, 0.5);
        using HessianProduct hessian = new(surface, weights);

        // Without a third derivative longer is better: the search must go up from a step that is far too short.
        DifferenceStep found = DifferenceStep.Find(hessian, vector, 1.0 / 64, default);

        double textbook = DifferenceStep.NearTextbook(weights.Device.Arithmetic.Norm(weights), 1);
        Assert.That(found.Step, Is.GreaterThan(textbook));
        Assert.That(found.Disagreement, Is.LessThan(1e-5));
        Assert.That(surface.Gradients, Is.LessThanOrEqualTo(2 * 2 * 8));
    }

    [Test]
    public void A_step_is_a_power_of_two_near_the_cube_root_of_the_rounding() =>
        Assert.That(
            new[] { (1.0, 1.0), (241, 1), (241, 4), (241, 1.0 / 64), (0, 1) }
                .Select(p => DifferenceStep.NearTextbook(p.Item1, p.Item2)),
            Is.EqualTo(new[] { 1.0 / 256, 1, 4, 1.0 / 64, 1.0 / 256 }));

    [TestCase(1)]
    [TestCase(5)]
    public void The_trace_of_a_diagonal_matrix_is_exact_whatever_the_signs(int samples)
    {
        using Quadratic surface = new([8, 3, 1, -2]);
        using WeightBuffer weights = Quadratic.Buffer(Weights);
        using HessianProduct hessian = new(surface, weights);

        TraceEstimate trace = HutchinsonTrace.Estimate(hessian, samples, seed: 3);

        Assert.That(trace.Mean, Is.EqualTo(10).Within(1e-3));
        Assert.That(trace.StandardError, samples == 1 ? Is.Null : Is.EqualTo(0).Within(1e-3));
        Assert.That(trace.Samples, Is.EqualTo(samples));
    }

    [Test]
    public void The_trace_of_a_rotated_matrix_lies_within_its_standard_errors()
    {
        double[] eigenvalues = [.. Enumerable.Range(0, 40).Select(i => (double)(i % 7) - 1)];
        using Quadratic surface = new(eigenvalues, normal: [.. eigenvalues.Select((_, i) => 1 + Math.Sin(i))]);
        using WeightBuffer weights = Quadratic.Buffer([.. eigenvalues.Select((_, i) => Math.Cos(i))]);
        using HessianProduct hessian = new(surface, weights);

        TraceEstimate trace = HutchinsonTrace.Estimate(hessian, 400, seed: 3);

        Assert.That(trace.StandardError, Is.GreaterThan(0).And.LessThan(2));
        Assert.That(trace.Mean, Is.EqualTo(eigenvalues.Sum()).Within(4 * trace.StandardError!.Value));
    }
}
