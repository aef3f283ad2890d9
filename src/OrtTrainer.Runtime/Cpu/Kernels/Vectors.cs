using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>Operations on rows of floats.</summary>
internal static unsafe class Vectors
{
    /// <summary>sum += row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddTo(float* sum, float* row, int length)
    {
        int i = 0;
        for (; i <= length - Lanes.Count; i += Lanes.Count)
        {
            (Vector512.Load(sum + i) + Vector512.Load(row + i)).Store(sum + i);
        }

        for (; i < length; i++)
        {
            sum[i] += row[i];
        }
    }
}
