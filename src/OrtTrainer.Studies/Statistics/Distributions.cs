using MathNet.Numerics;

namespace OrtTrainer.Studies.Statistics;

/// <summary>
/// Tails of the distributions that tests refer to. Tails are computed as such, never as one less the other tail, so
/// that small probabilities keep their digits.
/// </summary>
internal static class Distributions
{
    /// <summary>P(T &lt;= t) of Student's distribution.</summary>
    /// <param name="t">Any number, infinite ones included.</param>
    /// <param name="degrees">Degrees of freedom, above 0; not always whole (Welch).</param>
    public static double StudentCdf(double t, double degrees)
    {
        double tail = StudentTwoSided(t, degrees) / 2;
        return t < 0 ? tail : 1 - tail;
    }

    /// <summary>P(|T| &gt;= |t|) of Student's distribution: the incomplete beta function (Abramowitz and Stegun
    /// 26.7.1).</summary>
    /// <param name="t">Any number, infinite ones included.</param>
    /// <param name="degrees">Degrees of freedom, above 0.</param>
    public static double StudentTwoSided(double t, double degrees)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(degrees);
        if (t * t > degrees)
        {
            return SpecialFunctions.BetaRegularized(degrees / 2, 0.5, degrees / (degrees + (t * t)));
        }

        // Near 0 the argument above rounds to 1; its complement keeps the digits.
        return 1 - SpecialFunctions.BetaRegularized(0.5, degrees / 2, t * t / (degrees + (t * t)));
    }

    /// <summary>The t that |T| exceeds with probability <paramref name="twoSided"/>; above 0.</summary>
    /// <param name="twoSided">Probability of both tails together, in (0, 1): 0.05 for a 95 % interval.</param>
    /// <param name="degrees">Degrees of freedom, above 0.</param>
    public static double StudentCritical(double twoSided, double degrees)
    {
        if (twoSided is not (> 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(twoSided), twoSided, "A probability between 0 and 1.");
        }

        double high = 1;
        while (StudentTwoSided(high, degrees) > twoSided)
        {
            high *= 2;
        }

        return Bisection.Root(t => twoSided - StudentTwoSided(t, degrees), 0, high);
    }

    /// <summary>P(Z &lt;= z) of the standard normal distribution.</summary>
    public static double NormalCdf(double z) => SpecialFunctions.Erfc(-z / Math.Sqrt(2)) / 2;

    /// <summary>P(X &gt;= x) of the chi-squared distribution.</summary>
    /// <param name="x">0 or more.</param>
    /// <param name="degrees">Degrees of freedom, above 0.</param>
    public static double ChiSquaredUpper(double x, double degrees) =>
        SpecialFunctions.GammaUpperRegularized(degrees / 2, x / 2);

    /// <summary>
    /// P(T &lt;= t) of the noncentral t distribution: T = (Z + d) / sqrt(X / v) with Z standard normal and X
    /// chi-squared. The mean of P(Z &lt;= t sqrt(X / v) - d) over the root of X, by Gauss–Legendre quadrature
    /// (Johnson, Kotz and Balakrishnan 1995, chapter 31); good to about 1e-10.
    /// </summary>
    /// <param name="t">Any finite number.</param>
    /// <param name="degrees">Degrees of freedom v, 1 or more.</param>
    /// <param name="noncentrality">The shift d.</param>
    public static double NoncentralTCdf(double t, double degrees, double noncentrality)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(degrees, 1);
        const int Panels = 16, Order = 32;
        // The root of a chi-squared variable has a standard deviation below 0.71; nothing is left ten units away.
        double low = Math.Max(0, Math.Sqrt(degrees) - 10), high = Math.Sqrt(degrees) + 10;
        double normalizer = ((1 - (degrees / 2)) * Math.Log(2)) - SpecialFunctions.GammaLn(degrees / 2);
        double width = (high - low) / Panels, sum = 0;
        for (int panel = 0; panel < Panels; panel++)
        {
            double start = low + (panel * width);
            sum += Integrate.GaussLegendre(Weighted, start, start + width, Order);
        }

        return Math.Clamp(sum, 0, 1);

        double Weighted(double root) =>
            Math.Exp(normalizer + ((degrees - 1) * Math.Log(root)) - (root * root / 2))
            * NormalCdf((t * root / Math.Sqrt(degrees)) - noncentrality);
    }
}
