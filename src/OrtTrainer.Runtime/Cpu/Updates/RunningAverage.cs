using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OrtTrainer.Runtime.Cpu.Updates;

/// <summary>The formula of a running average, one vector at a time.</summary>
internal static class RunningAverage
{
    /// <summary>
    /// <c>old + share (weight - old)</c>; a share of 1 copies the weight, whatever the average held before, not a
    /// number included.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Blend(Vector512<float> old, Vector512<float> weight, float share)
    {
        old = share == 1 ? weight : old;
        return Vector512.FusedMultiplyAdd(Vector512.Create(share), weight - old, old);
    }
}
