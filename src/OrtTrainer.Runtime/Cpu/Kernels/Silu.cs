using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>x s, s = 1 / (1 + e^-x) the logistic function (Elfwing et al., arXiv:1702.03118); the slope is s + x s (1 -
/// s).</summary>
internal readonly struct Silu : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Value(Vector512<float> x) => x / (Vector512<float>.One + Decay(x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Slope(Vector512<float> x)
    {
        _ = ValueAndSlope(x, out Vector512<float> slope);
        return slope;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> ValueAndSlope(Vector512<float> x, out Vector512<float> slope)
    {
        Vector512<float> decay = Decay(x);
        Vector512<float> logistic = Vector512<float>.One / (Vector512<float>.One + decay);
        Vector512<float> value = x / (Vector512<float>.One + decay);

        // decay · logistic is 1 - logistic, without its cancellation.
        slope = Vector512.FusedMultiplyAdd(value, decay * logistic, logistic);
        return value;
    }

    // e^-x. Kept below e^80, so that its reciprocal is a normal number.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Decay(Vector512<float> x) =>
        VectorMath.Exp(Vector512.MinNative(Vector512.Create(80f), -x));
}
