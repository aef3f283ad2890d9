using OrtTrainer.Studies.Statistics;

namespace OrtTrainer.Tests.Studies.Statistics;

/// <summary>Tails against closed forms.</summary>
public sealed class DistributionsTests
{
    [Test]
    public void Chi_squared_with_two_degrees_is_an_exponential([Values(0, 1e-9, 0.5, 3, 40, 700)] double x) =>
        Assert.That(Distributions.ChiSquaredUpper(x, 2), Is.EqualTo(Math.Exp(-x / 2)).Within(1e-12 * Math.Exp(-x / 2)));

    [Test]
    public void Chi_squared_with_even_degrees_is_a_sum_of_Poisson_terms(
        [Values(4, 6, 10)] int degrees, [Values(0.3, 5, 60)] double x)
    {
        double sum = 0, term = Math.Exp(-x / 2);
        for (int k = 0; k < degrees / 2; k++)
        {
            sum += term;
            term *= x / 2 / (k + 1);
        }

        Assert.That(Distributions.ChiSquaredUpper(x, degrees), Is.EqualTo(sum).Within(1e-12 * sum));
    }

    [Test]
    public void Chi_squared_with_one_degree_is_a_squared_normal_value([Values(0.2, 1.5, 4)] double z) =>
        Assert.That(Distributions.ChiSquaredUpper(z * z, 1),
            Is.EqualTo(2 * Distributions.NormalCdf(-z)).Within(1e-13));

    // Abramowitz and Stegun, table 26.1.
    [TestCase(0, 0.5)]
    [TestCase(1, 0.841344746068543)]
    [TestCase(1.6, 0.945200708300442)]
    [TestCase(3, 0.998650101968370)]
    public void The_normal_distribution_is_that_of_the_table(double z, double expected)
    {
        Assert.That(Distributions.NormalCdf(z), Is.EqualTo(expected).Within(1e-15));
        Assert.That(Distributions.NormalCdf(-z), Is.EqualTo(1 - expected).Within(1e-15));
    }

    [Test]
    public void Students_distribution_goes_over_into_the_normal_one([Values(-2.5, -0.3, 1, 3)] double t) =>
        Assert.That(Distributions.StudentCdf(t, 1e8), Is.EqualTo(Distributions.NormalCdf(t)).Within(1e-8));

    [Test]
    public void A_small_t_keeps_its_digits()
    {
        // Near 0 the distribution rises by its density there, 3/8 for four degrees.
        double below = 1 - Distributions.StudentTwoSided(1e-6, 4);
        Assert.That(below, Is.EqualTo(2 * 0.375 * 1e-6).Within(1e-15));
    }

    [Test]
    public void Probabilities_and_degrees_out_of_range_are_refused()
    {
        Assert.That(() => Distributions.StudentCdf(1, 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => Distributions.StudentCritical(0, 4), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => Distributions.StudentCritical(1, 4), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => Distributions.StudentCritical(double.NaN, 4),
            Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => Distributions.NoncentralTCdf(1, 0.5, 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Bisection_ends_between_neighbouring_numbers()
    {
        double root = Bisection.Root(x => (x * x) - 2, 0, 2);
        Assert.That(root, Is.EqualTo(Math.Sqrt(2)).Within(5e-16));
    }
}
