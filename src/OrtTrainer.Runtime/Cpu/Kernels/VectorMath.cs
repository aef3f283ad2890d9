using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>Functions of sixteen floats at a time.</summary>
internal static class VectorMath
{
    // Below, e^x is less than the smallest normal float; above, 2^n would leave the exponent's range.
    private const float SmallestExponent = -87.33654f;
    private const float LargestExponent = 88.37626f;

    /// <summary>
    /// e^x, relative error below 2e-7. Zero where x is less than -87.3; 2.4e38 where x is greater than 88.3; NaN of
    /// NaN.
    /// </summary>
    /// <remarks>
    /// e^x = 2^n e^r with n = round(x / ln 2), |r| at most ln 2 / 2; the polynomial is expf's of Cephes (S. Moshier).
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Exp(Vector512<float> x)
    {
        // Adding 1.5 · 2^23 rounds to an integer and leaves it in the low bits.
        Vector512<float> rounding = Vector512.Create(12582912f);

        // NaN passes: where one operand is NaN the second is taken.
        Vector512<float> clamped = Vector512.MinNative(Vector512.Create(LargestExponent), x);
        Vector512<float> shifted = Vector512.FusedMultiplyAdd(clamped, Vector512.Create(1.44269504f), rounding);
        Vector512<float> n = shifted - rounding;

        // ln 2 in two parts, the first with few enough bits for n times it to be exact.
        Vector512<float> r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-0.693359375f), clamped);
        r = Vector512.FusedMultiplyAdd(n, Vector512.Create(2.12194440e-4f), r);

        Vector512<float> p = Vector512.Create(1.9875691500e-4f);
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.3981999507e-3f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(8.3334519073e-3f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(4.1665795894e-2f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.6666665459e-1f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(5.0000001201e-1f));
        p = Vector512.FusedMultiplyAdd(p, r * r, r) + Vector512<float>.One;

        Vector512<float> power = ((shifted.AsInt32() << 23) + Vector512.Create(0x3F800000)).AsSingle();
        return Vector512.AndNot(p * power, Vector512.LessThan(x, Vector512.Create(SmallestExponent)));
    }

    /// <summary>
    /// The standard normal distribution Φ(x) = (1 + erf(x/√2)) / 2, with an absolute error below 1e-7.
    /// </summary>
    /// <param name="x">Any number.</param>
    /// <param name="gaussian">e^(-x²/2), which callers have need of too.</param>
    /// <remarks>
    /// For |x| &lt; 1.2, 1/2 and x times a polynomial of x². Beyond, one tail: divided by e^(-x²/2) it falls slowly,
    /// like 1/|x|, and is t times a polynomial of degree 8 in t = 1 / (1 + 0.27 |x|), the form of formula 7.1.26 in
    /// Abramowitz and Stegun, Handbook of Mathematical Functions. Both polynomials interpolate at Chebyshev nodes, to
    /// 6e-9 and 3e-8 relative before rounding.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Normal(Vector512<float> x, Vector512<float> gaussian)
    {
        Vector512<float> s = x * x;
        Vector512<float> c = Vector512.Create(-6.9959356e-6f);
        c = Vector512.FusedMultiplyAdd(c, s, Vector512.Create(1.1167961e-4f));
        c = Vector512.FusedMultiplyAdd(c, s, Vector512.Create(-1.1845962e-3f));
        c = Vector512.FusedMultiplyAdd(c, s, Vector512.Create(9.9726474e-3f));
        c = Vector512.FusedMultiplyAdd(c, s, Vector512.Create(-6.6490269e-2f));
        c = Vector512.FusedMultiplyAdd(c, s, Vector512.Create(0.39894228f));
        Vector512<float> centre = Vector512.FusedMultiplyAdd(c, x, Vector512.Create(0.5f));

        Vector512<float> z = Vector512.Abs(x);
        Vector512<float> t = Vector512<float>.One
            / Vector512.FusedMultiplyAdd(z, Vector512.Create(0.27f), Vector512<float>.One);
        Vector512<float> p = Vector512.Create(0.028935147f);
        p = Vector512.FusedMultiplyAdd(p, t, Vector512.Create(-0.12639722f));
        p = Vector512.FusedMultiplyAdd(p, t, Vector512.Create(0.16967932f));
        p = Vector512.FusedMultiplyAdd(p, t, Vector512.Create(-0.06917151f));
        p = Vector512.FusedMultiplyAdd(p, t, Vector512.Create(0.10785016f));
        p = Vector512.FusedMultiplyAdd(p, t, Vector512.Create(0.07202098f));
        p = Vector512.FusedMultiplyAdd(p, t, Vector512.Create(0.10182119f));
        p = Vector512.FusedMultiplyAdd(p, t, Vector512.Create(0.10754119f));
        p = Vector512.FusedMultiplyAdd(p, t, Vector512.Create(0.10772075f));
        Vector512<float> tail = p * t * gaussian;

        Vector512<float> outside = Vector512.ConditionalSelect(
            Vector512.LessThan(x, Vector512<float>.Zero), tail, Vector512<float>.One - tail);
        return Vector512.ConditionalSelect(Vector512.LessThan(z, Vector512.Create(1.2f)), centre, outside);
    }
}
