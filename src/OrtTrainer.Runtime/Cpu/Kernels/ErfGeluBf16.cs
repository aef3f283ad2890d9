using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// <see cref="ErfGelu"/> for values that are rounded to bfloat16 anyway, whose steps are 1/256 of a number: Φ to 1e-5
/// and the slope to 1e-4, by polynomials alone.
/// </summary>
/// <remarks>
/// As in <see cref="VectorMath.Normal"/>, with fewer terms and up to |x| = 4.5: Φ(-4.5) is 3.4e-6, the slope there
/// -6.9e-5. Farther left values stay at -4.1e-5.
/// </remarks>
internal readonly struct ErfGeluBf16 : IActivation
{
    private const float Limit = 4.5f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Value(Vector512<float> x)
    {
        Vector512<float> z = VectorMath.Clamp(x, Limit);
        return Value(x, z, VectorMath.SquareAcross(z, Limit));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Slope(Vector512<float> x)
    {
        Vector512<float> z = VectorMath.Clamp(x, Limit);
        return SlopeAt(z, VectorMath.SquareAcross(z, Limit));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> ValueAndSlope(Vector512<float> x, out Vector512<float> slope)
    {
        Vector512<float> z = VectorMath.Clamp(x, Limit);
        Vector512<float> u = VectorMath.SquareAcross(z, Limit);
        slope = SlopeAt(z, u);
        return Value(x, z, u);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Value(Vector512<float> x, Vector512<float> z, Vector512<float> u)
    {
        Vector512<float> p = Vector512.Create(-0.0022444951f);
        p = Vector512.FusedMultiplyAdd(p, u, Vector512.Create(0.0051593245f));
        p = Vector512.FusedMultiplyAdd(p, u, Vector512.Create(-0.0054657306f));
        p = Vector512.FusedMultiplyAdd(p, u, Vector512.Create(0.0093112718f));
        p = Vector512.FusedMultiplyAdd(p, u, Vector512.Create(-0.018861039f));
        p = Vector512.FusedMultiplyAdd(p, u, Vector512.Create(0.029039329f));
        p = Vector512.FusedMultiplyAdd(p, u, Vector512.Create(-0.040153347f));
        p = Vector512.FusedMultiplyAdd(p, u, Vector512.Create(0.054607559f));
        p = Vector512.FusedMultiplyAdd(p, u, Vector512.Create(-0.077190585f));
        p = Vector512.FusedMultiplyAdd(p, u, Vector512.Create(0.15690678f));
        Vector512<float> normal = Vector512.FusedMultiplyAdd(p, z, Vector512.Create(0.5f));
        return Vector512.MaxNative(Vector512.Create(-Limit), x) * normal;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> SlopeAt(Vector512<float> z, Vector512<float> u)
    {
        Vector512<float> p = Vector512.Create(0.01393364f);
        p = Vector512.FusedMultiplyAdd(p, u, Vector512.Create(-0.03062669f));
        p = Vector512.FusedMultiplyAdd(p, u, Vector512.Create(0.024121322f));
        p = Vector512.FusedMultiplyAdd(p, u, Vector512.Create(-0.033698466f));
        p = Vector512.FusedMultiplyAdd(p, u, Vector512.Create(0.072984695f));
        p = Vector512.FusedMultiplyAdd(p, u, Vector512.Create(-0.095474094f));
        p = Vector512.FusedMultiplyAdd(p, u, Vector512.Create(0.09695264f));
        p = Vector512.FusedMultiplyAdd(p, u, Vector512.Create(-0.093536183f));
        p = Vector512.FusedMultiplyAdd(p, u, Vector512.Create(0.087080374f));
        p = Vector512.FusedMultiplyAdd(p, u, Vector512.Create(-0.090036981f));
        p = Vector512.FusedMultiplyAdd(p, u, Vector512.Create(0.15943019f));
        return Vector512.FusedMultiplyAdd(p, z, Vector512.Create(0.5f));
    }
}
