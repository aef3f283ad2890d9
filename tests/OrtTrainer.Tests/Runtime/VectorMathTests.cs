using System.Runtime.Intrinsics;
using OrtTrainer.Runtime.Cpu.Kernels;

namespace OrtTrainer.Tests.Runtime;

public sealed class VectorMathTests
{
    [Test]
    public void The_exponential_is_within_2e_minus_7_relative_over_its_range()
    {
        double worst = 0;
        for (double x = -87.3; x < 88.3; x += 0.0013)
        {
            float argument = (float)x;
            double exact = Math.Exp(argument);
            worst = Math.Max(worst, Math.Abs((Exp(argument) / exact) - 1));
        }

        Assert.That(worst, Is.LessThan(2e-7));
    }

    [TestCase(0f, 1f)]
    [TestCase(-0f, 1f)]
    [TestCase(-88f, 0f)]
    [TestCase(-1e30f, 0f)]
    [TestCase(float.NegativeInfinity, 0f)]
    public void The_exponential_is_exact_at_zero_and_zero_far_below(float x, float expected) =>
        Assert.That(Exp(x), Is.EqualTo(expected));

    [TestCase(89f)]
    [TestCase(float.PositiveInfinity)]
    public void The_exponential_saturates_above(float x) => Assert.That(Exp(x), Is.EqualTo(2.4e38f).Within(1).Percent);

    [Test]
    public void Not_a_number_stays_so()
    {
        Assert.That(Exp(float.NaN), Is.NaN);
        Assert.That(Normal(float.NaN), Is.NaN);
    }

    [Test]
    public void The_normal_distribution_is_within_1_2e_minus_7()
    {
        double worst = 0;
        for (double x = -14; x < 14; x += 0.0007)
        {
            float argument = (float)x;
            double exact = 0.5 * (1 + Reference.Erf(argument / Math.Sqrt(2)));
            worst = Math.Max(worst, Math.Abs(Normal(argument) - exact));
        }

        Assert.That(worst, Is.LessThan(1.2e-7));
    }

    private static float Exp(float x) => VectorMath.Exp(Vector512.Create(x)).GetElement(7);

    private static float Normal(float x) => VectorMath.Normal(Vector512.Create(x)).GetElement(3);
}
