using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>x Φ(x), Φ the standard normal distribution: (1 + erf(x/√2)) / 2. Its slope is Φ(x) + x φ(x).</summary>
internal readonly struct ErfGelu : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Value(Vector512<float> x) => x * VectorMath.Normal(x, Gaussian(x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Slope(Vector512<float> x)
    {
        Vector512<float> gaussian = Gaussian(x);
        Vector512<float> density = gaussian * Vector512.Create(0.3989422804f);
        return Vector512.FusedMultiplyAdd(x, density, VectorMath.Normal(x, gaussian));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> ValueAndSlope(Vector512<float> x, out Vector512<float> slope)
    {
        Vector512<float> gaussian = Gaussian(x);
        Vector512<float> normal = VectorMath.Normal(x, gaussian);
        slope = Vector512.FusedMultiplyAdd(x, gaussian * Vector512.Create(0.3989422804f), normal);
        return x * normal;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Gaussian(Vector512<float> x) => VectorMath.Exp(x * x * Vector512.Create(-0.5f));
}
