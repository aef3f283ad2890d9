using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>x Φ(x), Φ the standard normal distribution: (1 + erf(x/√2)) / 2. Its slope is Φ(x) + x φ(x).</summary>
internal readonly struct ErfGelu : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Value(Vector512<float> x) => Product(x, VectorMath.Normal(x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Slope(Vector512<float> x) => Slope(x, VectorMath.Normal(x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> ValueAndSlope(Vector512<float> x, out Vector512<float> slope)
    {
        Vector512<float> normal = VectorMath.Normal(x);
        slope = Slope(x, normal);
        return Product(x, normal);
    }

    // Far on the left the error of Φ must not grow with x: there it is 0.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Product(Vector512<float> x, Vector512<float> normal) =>
        Vector512.AndNot(x * normal, Vector512.LessThan(x, Vector512.Create(-5.5f)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Slope(Vector512<float> x, Vector512<float> normal)
    {
        Vector512<float> gaussian = VectorMath.Exp(x * x * Vector512.Create(-0.5f));
        return Vector512.FusedMultiplyAdd(x * Vector512.Create(0.3989422804f), gaussian, normal);
    }
}
