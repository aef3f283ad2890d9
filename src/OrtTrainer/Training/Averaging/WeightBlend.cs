using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace OrtTrainer.Training.Averaging;

/// <summary>The one formula of all running averages.</summary>
internal static class WeightBlend
{
    /// <summary>
    /// <c>average += share (weights - average)</c> with one fused multiply-add; a share of 1 copies.
    /// </summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Towards(ReadOnlySpan<float> weights, Span<float> average, float share)
    {
        if (weights.Length != average.Length)
        {
            throw new ArgumentException($"There are {weights.Length} weights for an average of {average.Length}.");
        }

        if (share == 1)
        {
            weights.CopyTo(average);
            return;
        }

        var weightVectors = MemoryMarshal.Cast<float, Vector512<float>>(weights);
        var averageVectors = MemoryMarshal.Cast<float, Vector512<float>>(average);
        var shares = Vector512.Create(share);
        for (var i = 0; i < averageVectors.Length; i++)
        {
            var old = averageVectors[i];
            averageVectors[i] = Vector512.FusedMultiplyAdd(shares, weightVectors[i] - old, old);
        }

        for (var i = averageVectors.Length * Vector512<float>.Count; i < average.Length; i++)
        {
            average[i] = MathF.FusedMultiplyAdd(share, weights[i] - average[i], average[i]);
        }
    }
}
