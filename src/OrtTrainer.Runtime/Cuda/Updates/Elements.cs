using ILGPU;
using OrtTrainer.Runtime.Cuda.Launching;

namespace OrtTrainer.Runtime.Cuda.Updates;

/// <summary>
/// Which elements of a buffer a thread takes: its own number, and on from there by the number of all threads, so that
/// threads side by side read side by side.
/// </summary>
internal static class Elements
{
    /// <summary>The first, by index.</summary>
    public static long First() => ((long)Grid.IdxX * Group.DimX) + Group.IdxX;

    /// <summary>From one to the next.</summary>
    public static long Stride() => (long)Grid.DimX * Group.DimX;

    /// <summary>Adds up what the threads of a group have, in their order; all of them come by.</summary>
    /// <param name="sum">What the thread has.</param>
    /// <param name="sums">One for each group.</param>
    public static void AddUp(double sum, ArrayView<double> sums)
    {
        ArrayView<double> parts = SharedMemory.Allocate<double>(GroupShape.MostThreads);
        parts[Group.IdxX] = sum;
        Group.Barrier();
        if (Group.IdxX == 0)
        {
            double total = 0;
            for (int thread = 0; thread < Group.DimX; thread++)
            {
                total += parts[thread];
            }

            sums[Grid.IdxX] = total;
        }
    }
}
