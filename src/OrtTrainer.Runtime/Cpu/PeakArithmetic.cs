using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using OrtTrainer.Runtime.Cpu.Updates;

namespace OrtTrainer.Runtime.Cpu;

/// <summary>The most float32 arithmetic that the processors do: what a product can be held against.</summary>
internal sealed class PeakArithmetic : IChunkWork
{
    /// <summary>Registers that one round of the loop multiplies and adds.</summary>
    private const int Chains = 12;

    private const int Rounds = 100_000;
    private const int ChunksPerThread = 8;
    private const int Windows = 20;

    private readonly float[] _sums;

    private PeakArithmetic(int chunks) => _sums = new float[chunks];

    /// <summary>Measures for about a tenth of a second.</summary>
    /// <param name="threads">Threads that work at once, 1 or more.</param>
    /// <returns>Operations per second; the best of several windows, for other work on the machine only ever takes
    /// away.</returns>
    public static double Measure(int threads)
    {
        using ChunkedLoop loop = new(threads);
        int chunks = threads * ChunksPerThread;
        PeakArithmetic work = new(chunks);
        int lanes = Vector512.IsHardwareAccelerated ? Vector512<float>.Count : Vector256<float>.Count;
        double operations = 2.0 * Rounds * Chains * lanes * chunks;
        double best = 0;
        for (int window = 0; window < Windows; window++)
        {
            long started = Stopwatch.GetTimestamp();
            loop.Run(work, chunks);
            best = Math.Max(best, operations / Stopwatch.GetElapsedTime(started).TotalSeconds);
        }

        return best;
    }

    public void Run(int chunk) =>
        // Kept, so that the loop is not thought useless.
        _sums[chunk] = Vector512.IsHardwareAccelerated ? Multiply512(Rounds) : Multiply256(Rounds);

    /// <summary>
    /// A loop of independent chains, enough to hide the latency of a multiply-add: 12 registers and a constant, which
    /// fit the 16 of older processors too. The values settle at 1.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Multiply512(int rounds)
    {
        Vector512<float> half = Vector512.Create(0.5f);
        Vector512<float> a0 = half, a1 = half, a2 = half, a3 = half, a4 = half, a5 = half;
        Vector512<float> a6 = half, a7 = half, a8 = half, a9 = half, a10 = half, a11 = half;
        for (int i = 0; i < rounds; i++)
        {
            a0 = Vector512.FusedMultiplyAdd(a0, half, half);
            a1 = Vector512.FusedMultiplyAdd(a1, half, half);
            a2 = Vector512.FusedMultiplyAdd(a2, half, half);
            a3 = Vector512.FusedMultiplyAdd(a3, half, half);
            a4 = Vector512.FusedMultiplyAdd(a4, half, half);
            a5 = Vector512.FusedMultiplyAdd(a5, half, half);
            a6 = Vector512.FusedMultiplyAdd(a6, half, half);
            a7 = Vector512.FusedMultiplyAdd(a7, half, half);
            a8 = Vector512.FusedMultiplyAdd(a8, half, half);
            a9 = Vector512.FusedMultiplyAdd(a9, half, half);
            a10 = Vector512.FusedMultiplyAdd(a10, half, half);
            a11 = Vector512.FusedMultiplyAdd(a11, half, half);
        }

        return Vector512.Sum(a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7 + a8 + a9 + a10 + a11);
    }

    /// <summary>The same in registers of 256 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Multiply256(int rounds)
    {
        Vector256<float> half = Vector256.Create(0.5f);
        Vector256<float> a0 = half, a1 = half, a2 = half, a3 = half, a4 = half, a5 = half;
        Vector256<float> a6 = half, a7 = half, a8 = half, a9 = half, a10 = half, a11 = half;
        for (int i = 0; i < rounds; i++)
        {
            a0 = Vector256.FusedMultiplyAdd(a0, half, half);
            a1 = Vector256.FusedMultiplyAdd(a1, half, half);
            a2 = Vector256.FusedMultiplyAdd(a2, half, half);
            a3 = Vector256.FusedMultiplyAdd(a3, half, half);
            a4 = Vector256.FusedMultiplyAdd(a4, half, half);
            a5 = Vector256.FusedMultiplyAdd(a5, half, half);
            a6 = Vector256.FusedMultiplyAdd(a6, half, half);
            a7 = Vector256.FusedMultiplyAdd(a7, half, half);
            a8 = Vector256.FusedMultiplyAdd(a8, half, half);
            a9 = Vector256.FusedMultiplyAdd(a9, half, half);
            a10 = Vector256.FusedMultiplyAdd(a10, half, half);
            a11 = Vector256.FusedMultiplyAdd(a11, half, half);
        }

        return Vector256.Sum(a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7 + a8 + a9 + a10 + a11);
    }
}
