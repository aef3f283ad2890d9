using OrtTrainer.Runtime;

namespace OrtTrainer.Tests.Runtime;

public sealed class GeluTests
{
    private static readonly int[] Lengths = [0, 1, 15, 16, 17, 1023, 40_000];

    [Test]
    public void Values_are_exact_to_float32_rounding(
        [Values("", "Tanh")] string form, [ValueSource(nameof(Lengths))] int length)
    {
        float[] x = Reference.Random(1, length, 2);

        float[] y = new KernelRun("Gelu" + form).With(x, length).Single();

        Assert.That(y, Has.Length.EqualTo(length));
        for (int i = 0; i < length; i++)
        {
            double expected = Reference.Gelu(x[i], form == "Tanh");
            Assert.That(y[i], Is.EqualTo(expected).Within(2e-7 * Math.Max(1, Math.Abs(x[i]))), $"x = {x[i]}");
        }
    }

    [Test]
    public void Slopes_are_exact_to_float32_rounding(
        [Values("", "Tanh")] string form, [ValueSource(nameof(Lengths))] int length)
    {
        float[] x = Reference.Random(2, length, 2), dy = Reference.Random(3, length);

        float[] dx = new KernelRun($"Gelu{form}Grad").With(dy, length).With(x, length).Single();

        Assert.That(dx, Has.Length.EqualTo(length));
        for (int i = 0; i < length; i++)
        {
            double expected = dy[i] * Reference.GeluSlope(x[i], form == "Tanh");
            Assert.That(dx[i], Is.EqualTo(expected).Within(4e-7 * Math.Max(1, Math.Abs(dy[i]))), $"x = {x[i]}");
        }
    }

    [Test]
    public void The_error_function_inside_is_within_2e_minus_7()
    {
        // gelu(x) = x (1 + erf(x/√2)) / 2 gives erf back where x is a power of two, and so free of rounding.
        float[] x = [.. Enumerable.Range(-20, 23).SelectMany(e => new[] { MathF.Pow(2, e), -MathF.Pow(2, e) })];

        float[] y = new KernelRun("Gelu").With(x, x.Length).Single();

        Assert.That(x.Zip(y).Max(p => Math.Abs((2.0 * p.Second / p.First) - 1 - Reference.Erf(p.First / Math.Sqrt(2)))),
            Is.LessThan(2e-7));
    }

    [TestCase("")]
    [TestCase("Tanh")]
    public void Extreme_arguments_stay_finite_and_NaN_stays_NaN(string form)
    {
        float[] x = [0, -0f, 1e-30f, 100, -100, 1e6f, -1e6f, float.NaN];
        float[] ones = [.. x.Select(_ => 1f)];

        float[] y = new KernelRun("Gelu" + form).With(x, x.Length).Single();
        float[] dx = new KernelRun($"Gelu{form}Grad").With(ones, x.Length).With(x, x.Length).Single();

        Assert.That(y[..7], Is.EqualTo(new[] { 0, 0, 5e-31f, 100, 0, 1e6f, 0 }).Within(1e-25f));
        Assert.That(dx[..7], Is.EqualTo(new[] { 0.5f, 0.5f, 0.5f, 1, 0, 1, 0 }).Within(2e-7f));
        Assert.That(y[7], Is.NaN);
        Assert.That(dx[7], Is.NaN);
    }

    [Test]
    public void One_and_two_threads_give_the_same_bits([Values("Gelu", "GeluGrad")] string op)
    {
        float[] x = Reference.Random(1, 70_001);
        KernelRun run = new KernelRun(op).With(x, x.Length);
        if (op == "GeluGrad")
        {
            run.With(x, x.Length);
        }

        Assert.That(run.Single(1), Is.EqualTo(run.Single(2)));
    }

    [Test]
    public void A_gradient_of_another_shape_is_refused() =>
        Assert.That(
            () => new KernelRun("GeluGrad").With([1f, 2], 2).With([1f, 2, 3], 3).Single(),
            Expect.Refusal("GELU gradient: dy has shape [2]; expected [3]"));
}
