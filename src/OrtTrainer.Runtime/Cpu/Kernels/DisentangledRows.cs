using System.Runtime.CompilerServices;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>The part of disentangled attention that goes by distance, row by row of the scores.</summary>
internal static unsafe class DisentangledRows
{
    /// <summary>score j += byQuery[r] + byKey[r, j], r being the place of the distance of query and key j.</summary>
    /// <param name="scores">Of one query, [length].</param>
    /// <param name="byQuery">Of that query with every key of relative positions.</param>
    /// <param name="byKey">Of every query of relative positions with every key.</param>
    /// <param name="stride">Distance of the rows of <paramref name="byKey"/>.</param>
    /// <param name="places">The places of the query's distance to the first key, and before it to the others.</param>
    /// <param name="length">Keys.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(float* scores, float* byQuery, float* byKey, nint stride, int* places, int length)
    {
        for (nint j = 0; j < length; j++)
        {
            nint r = places[-j];
            scores[j] += byQuery[r] + byKey[(r * stride) + j];
        }
    }

    /// <summary>The gradient of <see cref="Add"/>: adds that of each score to what it was made of.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddGradient(
        float* dscores, float* dbyQuery, float* dbyKey, nint stride, int* places, int length)
    {
        for (nint j = 0; j < length; j++)
        {
            nint r = places[-j];
            dbyQuery[r] += dscores[j];
            dbyKey[(r * stride) + j] += dscores[j];
        }
    }
}
