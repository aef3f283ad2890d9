using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// x (1 + tanh u) / 2 with u = √(2/π) (x + 0.044715 x³). As (1 + tanh u) / 2 is the logistic function s of 2u, it
/// needs e^(-2u) alone; the slope is s + x s (1 - s) 2u'.
/// </summary>
internal readonly struct TanhGelu : IActivation
{
    private const float Root = 0.7978845608f;
    private const float Cubic = 0.044715f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Value(Vector512<float> x) => x / (Vector512<float>.One + Decay(x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Slope(Vector512<float> x)
    {
        Vector512<float> decay = Decay(x);
        Vector512<float> logistic = Vector512<float>.One / (Vector512<float>.One + decay);
        Vector512<float> twiceSlope = Vector512.FusedMultiplyAdd(
            x * x, Vector512.Create(6 * Root * Cubic), Vector512.Create(2 * Root));

        // decay · logistic is 1 - logistic, without its cancellation.
        return Vector512.FusedMultiplyAdd(x * twiceSlope, decay * logistic * logistic, logistic);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> ValueAndSlope(Vector512<float> x, out Vector512<float> slope)
    {
        slope = Slope(x);
        return Value(x);
    }

    // e^(-2u). Kept below e^80: its square with logistic² in the slope must not overflow.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Decay(Vector512<float> x)
    {
        Vector512<float> exponent = x * Vector512.FusedMultiplyAdd(
            x * x, Vector512.Create(-2 * Root * Cubic), Vector512.Create(-2 * Root));
        return VectorMath.Exp(Vector512.MinNative(Vector512.Create(80f), exponent));
    }
}
