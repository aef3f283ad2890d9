using MathNet.Numerics;
using OrtTrainer.Studies.Statistics;

namespace OrtTrainer.Tests.Studies.Statistics;

public sealed class TestPowerTests
{
    [Test]
    public void Without_a_shift_the_noncentral_distribution_is_Students(
        [Values(1, 4, 30, 400)] double degrees, [Values(-3, 0, 0.7, 12)] double t) =>
        Assert.That(Distributions.NoncentralTCdf(t, degrees, 0),
            Is.EqualTo(Distributions.StudentCdf(t, degrees)).Within(1e-11));

    [Test]
    public void The_noncentral_distribution_is_its_series(
        [Values(1, 4, 9, 60)] double degrees, [Values(0.5, 2.8, 6)] double shift, [Values(0.1, 2.776, 9)] double t) =>
        Assert.That(Distributions.NoncentralTCdf(t, degrees, shift),
            Is.EqualTo(Series(t, degrees, shift)).Within(1e-10));

    [Test]
    public void Turning_the_shift_over_turns_the_distribution_over() =>
        Assert.That(Distributions.NoncentralTCdf(-2, 7, -1.5),
            Is.EqualTo(1 - Distributions.NoncentralTCdf(2, 7, 1.5)).Within(1e-12));

    // Cohen 1988, tables 2.3.5 and 2.4.1 (two samples of 64 find d = 0.5, of 26 d = 0.8, with a power of 0.80).
    [TestCase(0.5, 64)]
    [TestCase(0.8, 26)]
    public void Power_of_two_samples_is_that_of_the_tables(double effect, int each)
    {
        Assert.That(TestPower.Unpaired(effect, each, each), Is.EqualTo(0.80).Within(0.01));
        Assert.That(TestPower.Unpaired(effect, each, each), Is.GreaterThanOrEqualTo(0.8));
        Assert.That(TestPower.Unpaired(effect, each - 1, each - 1), Is.LessThan(0.8), "the tables give the least n");
    }

    // The least number of pairs for d_z = 0.5 with a power of 0.80 is 34, as G*Power has it.
    [Test]
    public void Power_of_pairs_is_that_of_the_tables()
    {
        Assert.That(TestPower.Paired(0.5, 34), Is.GreaterThan(0.8));
        Assert.That(TestPower.Paired(0.5, 33), Is.LessThan(0.8));
        Assert.That(TestPower.DetectablePaired(5), Is.EqualTo(1.68).Within(0.01));
    }

    [Test]
    public void Power_is_the_share_of_studies_that_find_the_effect()
    {
        const int Studies = 20000, Pairs = 5;
        const double Effect = 1.2;
        Random random = new(3);
        double Normal() =>
            Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        int found = Enumerable.Range(0, Studies).Count(_ =>
        {
            double[] differences = [.. Enumerable.Range(0, Pairs).Select(_ => Effect + Normal())];
            return TTest.Paired(differences, new double[Pairs]).P <= 0.05;
        });
        // Four standard errors of a share.
        Assert.That(found / (double)Studies, Is.EqualTo(TestPower.Paired(Effect, Pairs)).Within(0.014));
    }

    [Test]
    public void Without_an_effect_the_power_is_the_level([Values(2, 5, 50)] int pairs) =>
        Assert.That(TestPower.Paired(0, pairs), Is.EqualTo(0.05).Within(1e-10));

    [Test]
    public void The_detectable_effect_has_the_power_asked_for()
    {
        Assert.That(TestPower.Paired(TestPower.DetectablePaired(3, 0.9), 3), Is.EqualTo(0.9).Within(1e-9));
        Assert.That(TestPower.Unpaired(TestPower.DetectableUnpaired(4, 6), 4, 6), Is.EqualTo(0.8).Within(1e-9));
        Assert.That(() => TestPower.DetectablePaired(5, 1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => TestPower.DetectablePaired(5, 0.01), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => TestPower.Paired(1, 1), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    /// <summary>Lenth's series of incomplete beta functions (1989, AS 243), for t of 0 or more.</summary>
    private static double Series(double t, double degrees, double shift)
    {
        double x = t * t / (degrees + (t * t)), half = shift * shift / 2, sum = 0;
        for (int j = 0; j < 200; j++)
        {
            double p = Math.Exp(-half + (j * Math.Log(half)) - SpecialFunctions.GammaLn(j + 1));
            double q = shift / Math.Sqrt(2)
                * Math.Exp(-half + (j * Math.Log(half)) - SpecialFunctions.GammaLn(j + 1.5));
            sum += (p * SpecialFunctions.BetaRegularized(j + 0.5, degrees / 2, x))
                + (q * SpecialFunctions.BetaRegularized(j + 1, degrees / 2, x));
        }

        return Distributions.NormalCdf(-shift) + (sum / 2);
    }
}
