namespace OrtTrainer.Studies.Statistics;

/// <summary>
/// What a two-sided t test can find, from the noncentral t distribution (Cohen 1988, chapter 2, without its
/// approximations).
/// </summary>
internal static class TestPower
{
    /// <summary>The probability that a test of n pairs finds an effect.</summary>
    /// <param name="effect">The effect: mean of the differences by their standard deviation, d_z.</param>
    /// <param name="pairs">n, 2 or more.</param>
    /// <param name="level">Level of the test, in (0, 1).</param>
    public static double Paired(double effect, int pairs, double level = 0.05)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pairs, 2);
        return Power(effect * Math.Sqrt(pairs), pairs - 1, level);
    }

    /// <summary>
    /// The probability that a test of two independent samples of the same variance finds an effect (Student's test;
    /// Welch's has a little less).
    /// </summary>
    /// <param name="effect">The effect: difference of means by the standard deviation, d.</param>
    /// <param name="first">Values in the first sample, 2 or more.</param>
    /// <param name="second">Values in the second sample, 2 or more.</param>
    /// <param name="level">Level of the test, in (0, 1).</param>
    public static double Unpaired(double effect, int first, int second, double level = 0.05)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(first, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(second, 2);
        return Power(effect * Math.Sqrt(first * (double)second / (first + second)), first + second - 2, level);
    }

    /// <summary>The smallest effect d_z that a test of n pairs finds with the given probability.</summary>
    /// <param name="pairs">n, 2 or more.</param>
    /// <param name="power">The probability, above <paramref name="level"/> and below 1.</param>
    /// <param name="level">Level of the test, in (0, 1).</param>
    public static double DetectablePaired(int pairs, double power = 0.8, double level = 0.05) =>
        Detectable(effect => Paired(effect, pairs, level), power, level);

    /// <summary>The smallest effect d that a test of two independent samples finds with the given
    /// probability.</summary>
    /// <param name="first">Values in the first sample, 2 or more.</param>
    /// <param name="second">Values in the second sample, 2 or more.</param>
    /// <param name="power">The probability, above <paramref name="level"/> and below 1.</param>
    /// <param name="level">Level of the test, in (0, 1).</param>
    public static double DetectableUnpaired(int first, int second, double power = 0.8, double level = 0.05) =>
        Detectable(effect => Unpaired(effect, first, second, level), power, level);

    private static double Power(double noncentrality, double degrees, double level)
    {
        double critical = Distributions.StudentCritical(level, degrees);
        return 1 - Distributions.NoncentralTCdf(critical, degrees, noncentrality)
            + Distributions.NoncentralTCdf(-critical, degrees, noncentrality);
    }

    private static double Detectable(Func<double, double> powerOf, double power, double level)
    {
        if (!(power > level && power < 1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(power), power, $"A power above the level {level} and below 1 is wanted.");
        }

        double high = 1;
        while (powerOf(high) < power)
        {
            high *= 2;
        }

        return Bisection.Root(effect => powerOf(effect) - power, 0, high);
    }
}
