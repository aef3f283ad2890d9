using OrtTrainer.Runtime;
using OrtTrainer.Studies.Flatness;

namespace OrtTrainer.Tests.Studies.Flatness;

/// <summary>On quadratics, whose eigenvalues are known.</summary>
public sealed class PowerIterationTests
{
    private static readonly double[] Normal = [1, -2, 0.5, 3, 1, 0.3];
    private static readonly double[] Weights = [0.4, -1.1, 0.7, 0.2, -0.6, 1.3];

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(77)]
    public void The_top_eigenvalue_of_a_rotated_matrix(long seed)
    {
        TopEigenvalue top = Run([12, 5, 3, 1, 0.1, 0], seed);

        // In so few dimensions products may agree by chance at a short step, where rounding is a thousandth.
        Assert.That(top.Value, Is.EqualTo(12).Within(12e-3));
        Assert.That(top.Residual, Is.LessThan(5e-3));
        Assert.That((top.Converged, top.MostNegative), Is.EqualTo((true, (double?)null)));
        Assert.That(top.LastChange, Is.LessThanOrEqualTo(1e-6));
        Assert.That(top.Difference.Disagreement, Is.LessThan(2e-3), "a quadratic has no third derivative");
    }

    [Test]
    public void Where_the_lowest_eigenvalue_outweighs_the_top_one_both_are_found()
    {
        TopEigenvalue top = Run([4, 1, 0.5, 0, -2, -9]);

        Assert.That(top.Value, Is.EqualTo(4).Within(4e-3));
        Assert.That(top.MostNegative, Is.EqualTo(-9).Within(9e-3));
        Assert.That(top.Converged, Is.True);
    }

    [Test]
    public void A_concave_loss_has_a_top_eigenvalue_below_0() =>
        Assert.That(Run([-1, -2, -3, -4, -5, -9]).Value, Is.EqualTo(-1).Within(5e-3));

    [Test]
    public void A_start_without_the_top_eigenvector_still_finds_it()
    {
        // The gradient at this point has no part along the first axis; only the random half of the start has.
        using Quadratic surface = new([20, 3, 1, 1, 1, 1]);

        Assert.That(Run(surface, [0, 1, 2, 0.5, -1, 1], 1).Value, Is.EqualTo(20).Within(20e-3));
    }

    [Test]
    public void At_a_minimum_the_start_is_random_alone()
    {
        using Quadratic surface = new([6, 3, 1, 1, 1, 1], Weights.Select(w => (double)(float)w).ToArray(), Normal);

        Assert.That(Run(surface, Weights, 1).Value, Is.EqualTo(6).Within(6e-3));
    }

    [Test]
    public void A_plane_has_no_curvature()
    {
        TopEigenvalue top = Run([0, 0, 0, 0, 0, 0]);

        Assert.That((top.Value, top.Residual, top.LastChange, top.Converged), Is.EqualTo((0.0, 0.0, 0.0, true)));
    }

    [Test]
    public void Iterations_end_at_the_limit_and_say_that_they_were_not_enough()
    {
        using Quadratic surface = new([5, 4.9, 4.8, 1, 1, 1], normal: Normal);
        using WeightBuffer weights = Quadratic.Buffer(Weights);
        using WeightBuffer gradient = new(Device.Default, 6);
        using HessianProduct hessian = new(surface, weights);
        Fill(surface, weights, gradient);

        TopEigenvalue top = new PowerIteration(3, 1e-9, 1).Run(hessian, gradient);

        Assert.That((top.Iterations, top.Converged), Is.EqualTo((3, false)));
        Assert.That(top.LastChange, Is.GreaterThan(1e-9));
        Assert.That(top.Value, Is.InRange(4.0, 5.0));
    }

    [Test]
    public void Cancellation_ends_it() =>
        Assert.That(() =>
        {
            using Quadratic surface = new([2, 1]);
            using WeightBuffer weights = Quadratic.Buffer(1, 1);
            using WeightBuffer gradient = Quadratic.Buffer(1, 1);
            using HessianProduct hessian = new(surface, weights);
            new PowerIteration(3, 1e-3, 1).Run(hessian, gradient, new CancellationToken(canceled: true));
        }, Throws.InstanceOf<OperationCanceledException>());

    private static TopEigenvalue Run(double[] eigenvalues, long seed = 1)
    {
        using Quadratic surface = new(eigenvalues, normal: Normal);
        return Run(surface, Weights, seed);
    }

    private static TopEigenvalue Run(Quadratic surface, double[] at, long seed)
    {
        using WeightBuffer weights = Quadratic.Buffer(at);
        using WeightBuffer gradient = new(Device.Default, at.Length);
        using HessianProduct hessian = new(surface, weights);
        Fill(surface, weights, gradient);
        return new PowerIteration(400, 1e-6, seed).Run(hessian, gradient);
    }

    private static void Fill(Quadratic surface, WeightBuffer weights, WeightBuffer gradient)
    {
        weights.Span.CopyTo(surface.Point.Span);
        surface.Differentiate(gradient);
    }
}
