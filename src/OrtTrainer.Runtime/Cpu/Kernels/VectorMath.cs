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
    /// The standard normal distribution Φ(x) = (1 + erf(x/√2)) / 2, with an absolute error below 1e-7 where |x| is at
    /// most 5.5; beyond, its value there.
    /// </summary>
    /// <param name="x">Any number.</param>
    /// <remarks>
    /// 1/2 and x times a polynomial of u = 2 (x / 5.5)² - 1, which interpolates at Chebyshev nodes to 1.4e-8 before
    /// rounding; as u lies between -1 and 1, no term is large. Nothing is divided.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Normal(Vector512<float> x)
    {
        Vector512<float> z = Clamp(x, 5.5f);
        Vector512<float> u = SquareAcross(z, 5.5f);
        Vector512<float> p = Vector512.Create(-0.00027406603f);
        p = Vector512.FusedMultiplyAdd(p, u, Vector512.Create(0.00065514818f));
        p = Vector512.FusedMultiplyAdd(p, u, Vector512.Create(-0.00040019577f));
        p = Vector512.FusedMultiplyAdd(p, u, Vector512.Create(0.00064370781f));
        p = Vector512.FusedMultiplyAdd(p, u, Vector512.Create(-0.0025937106f));
        p = Vector512.FusedMultiplyAdd(p, u, Vector512.Create(0.0047183563f));
        p = Vector512.FusedMultiplyAdd(p, u, Vector512.Create(-0.0067001721f));
        p = Vector512.FusedMultiplyAdd(p, u, Vector512.Create(0.010167755f));
        p = Vector512.FusedMultiplyAdd(p, u, Vector512.Create(-0.015042351f));
        p = Vector512.FusedMultiplyAdd(p, u, Vector512.Create(0.020383572f));
        p = Vector512.FusedMultiplyAdd(p, u, Vector512.Create(-0.02604037f));
        p = Vector512.FusedMultiplyAdd(p, u, Vector512.Create(0.032067429f));
        p = Vector512.FusedMultiplyAdd(p, u, Vector512.Create(-0.038793407f));
        p = Vector512.FusedMultiplyAdd(p, u, Vector512.Create(0.047737785f));
        p = Vector512.FusedMultiplyAdd(p, u, Vector512.Create(-0.064172328f));
        p = Vector512.FusedMultiplyAdd(p, u, Vector512.Create(0.12855193f));
        return Vector512.FusedMultiplyAdd(p, z, Vector512.Create(0.5f));
    }

    /// <summary>A number between -<paramref name="limit"/> and limit; NaN of NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Clamp(Vector512<float> x, float limit) =>
        Vector512.MinNative(Vector512.Create(limit), Vector512.MaxNative(Vector512.Create(-limit), x));

    /// <summary>The square of a number up to a limit, spread over -1 to 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> SquareAcross(Vector512<float> x, float limit) => Vector512.FusedMultiplyAdd(
        x * x, Vector512.Create(2 / (limit * limit)), Vector512.Create(-1f));
}
