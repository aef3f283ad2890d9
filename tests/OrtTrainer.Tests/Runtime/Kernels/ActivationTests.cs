using System.Runtime.Intrinsics;
using OrtTrainer.Runtime.Cpu.Kernels;

namespace OrtTrainer.Tests.Runtime.Kernels;

/// <summary>The vector functions of the activations, over dense grids and by their symmetries.</summary>
public sealed class ActivationTests
{
    // Every magnitude from the subnormals to 30, and both signs.
    private static readonly float[] Magnitudes =
        [.. Enumerable.Range(0, 40_000).Select(i => (float)Math.Pow(10, -38 + (i * 39.48 / 40_000)))];

    [Test]
    public void The_exponential_of_small_and_large_arguments_is_within_2e_minus_7()
    {
        foreach (float x in Magnitudes.SelectMany(m => new[] { m, -m }))
        {
            double exact = Math.Exp(x);
            Assert.That(Exp(x), Is.EqualTo(exact).Within(2e-7 * exact), $"x = {x:R}");
        }
    }

    [Test]
    public void The_exponential_never_falls_by_more_than_rounding()
    {
        float last = 0;
        for (float x = -87; x < 88; x += 0.0011f)
        {
            float e = Exp(x);
            Assert.That(e, Is.GreaterThan(last), $"x = {x:R}");
            last = e;
        }
    }

    [Test]
    public void Lanes_do_not_touch_each_other()
    {
        float[] x = Reference.Random(3, 16, 5);
        x[4] = float.NaN;
        x[9] = float.PositiveInfinity;
        x[11] = -200;

        Vector512<float> together = VectorMath.Exp(Vector512.Create<float>(x));

        Assert.That(Enumerable.Range(0, 16).Select(i => together[i]), Is.EqualTo(x.Select(Exp)));
    }

    [Test]
    public void Gelu_and_its_slope_are_within_float32_of_their_definition()
    {
        for (float x = -30; x < 30; x += 0.0037f)
        {
            (double normal, double density) = NormalAndDensity(x);
            Assert.That(
                Value<ErfGelu>(x), Is.EqualTo(x * normal).Within(1.2e-7 * Math.Max(Math.Abs(x), 1)), $"x = {x:R}");
            Assert.That(Slope<ErfGelu>(x), Is.EqualTo(normal + (x * density)).Within(4e-7), $"x = {x:R}");
        }
    }

    [Test]
    public void Gelu_for_bfloat16_is_off_by_less_than_its_steps()
    {
        for (float x = -30; x < 30; x += 0.0037f)
        {
            (double normal, double density) = NormalAndDensity(x);
            double exact = x * normal;
            Assert.That(
                Value<ErfGeluBf16>(x), Is.EqualTo(exact).Within(4.5e-5 + (1e-5 * Math.Abs(exact))), $"x = {x:R}");
            Assert.That(Slope<ErfGeluBf16>(x), Is.EqualTo(normal + (x * density)).Within(1e-4), $"x = {x:R}");
        }
    }

    [Test]
    public void Values_and_slopes_have_the_symmetry_of_the_definition()
    {
        // Φ(x) + Φ(-x) = 1, so gelu(x) - gelu(-x) = x, and the slopes at x and -x sum to 1.
        foreach (float x in Magnitudes)
        {
            double error = 3e-7 * Math.Max(1, x);
            Assert.That(Value<ErfGelu>(x) - Value<ErfGelu>(-x), Is.EqualTo(x).Within(error), $"erf, x = {x:R}");
            Assert.That(Value<TanhGelu>(x) - Value<TanhGelu>(-x), Is.EqualTo(x).Within(error), $"tanh, x = {x:R}");
            Assert.That(Slope<ErfGelu>(x) + Slope<ErfGelu>(-x), Is.EqualTo(1).Within(5e-7), $"erf, x = {x:R}");
            Assert.That(Slope<TanhGelu>(x) + Slope<TanhGelu>(-x), Is.EqualTo(1).Within(5e-7), $"tanh, x = {x:R}");
        }
    }

    [Test]
    public void Values_and_slopes_made_together_are_those_made_alone()
    {
        foreach (float x in Magnitudes.SelectMany(m => new[] { m, -m }).Append(0).Append(-0f))
        {
            Assert.That(Both<ErfGelu>(x), Is.EqualTo((Value<ErfGelu>(x), Slope<ErfGelu>(x))), $"erf, x = {x:R}");
            Assert.That(Both<TanhGelu>(x), Is.EqualTo((Value<TanhGelu>(x), Slope<TanhGelu>(x))), $"tanh, x = {x:R}");
            Assert.That(
                Both<ErfGeluBf16>(x), Is.EqualTo((Value<ErfGeluBf16>(x), Slope<ErfGeluBf16>(x))), $"bf16, x = {x:R}");
        }
    }

    [Test]
    public void The_two_forms_are_as_near_as_their_approximation()
    {
        // Hendrycks and Gimpel's tanh form is off by at most 5e-4.
        double worst = 0;
        for (float x = -6; x < 6; x += 0.003f)
        {
            worst = Math.Max(worst, Math.Abs(Value<ErfGelu>(x) - (double)Value<TanhGelu>(x)));
        }

        Assert.That(worst, Is.InRange(1e-4, 5e-4));
    }

    [Test]
    public void The_minimum_of_gelu_is_where_its_slope_is_zero()
    {
        // x Φ(x) has its minimum -0.169971 at x = -0.751792.
        Assert.That(Slope<ErfGelu>(-0.751792f), Is.Zero.Within(1e-6));
        Assert.That(Value<ErfGelu>(-0.751792f), Is.EqualTo(-0.169971).Within(1e-6));
    }

    private static float Exp(float x) => VectorMath.Exp(Vector512.Create(x))[0];

    private static (double Normal, double Density) NormalAndDensity(double x) =>
        (0.5 * (1 + Reference.Erf(x / Math.Sqrt(2))), Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI));

    private static float Value<TGelu>(float x)
        where TGelu : IActivation => TGelu.Value(Vector512.Create(x))[0];

    private static (float Value, float Slope) Both<TGelu>(float x)
        where TGelu : IActivation
    {
        float value = TGelu.ValueAndSlope(Vector512.Create(x), out Vector512<float> slope)[0];
        return (value, slope[0]);
    }

    private static float Slope<TGelu>(float x)
        where TGelu : IActivation => TGelu.Slope(Vector512.Create(x))[0];
}
