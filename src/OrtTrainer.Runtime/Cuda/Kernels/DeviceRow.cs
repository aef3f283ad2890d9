using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Algorithms;

namespace OrtTrainer.Runtime.Cuda.Kernels;

/// <summary>
/// What normalization computes of one row, by one warp: every thread takes each <c>WarpSize</c>-th column, so that
/// neighbors read neighbors.
/// </summary>
internal static class DeviceRow
{
    /// <summary>The mean of a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Mean(ArrayView<float> x, long start, int columns)
    {
        float sum = 0;
        for (int i = DeviceThread.Lane; i < columns; i += Warp.WarpSize)
        {
            sum += x[start + i];
        }

        return DeviceThread.WarpSum(sum) / columns;
    }

    /// <summary>1 / √(variance + epsilon), the squares those of differences from the mean.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Invstd(ArrayView<float> x, long start, int columns, float mean, float epsilon)
    {
        float sum = 0;
        for (int i = DeviceThread.Lane; i < columns; i += Warp.WarpSize)
        {
            float apart = x[start + i] - mean;
            sum += apart * apart;
        }

        return 1 / XMath.Sqrt((DeviceThread.WarpSum(sum) / columns) + epsilon);
    }

    /// <summary>One column of a normalized row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Normalized(float x, float mean, float invstd, float gamma, float beta) =>
        ((x - mean) * invstd * gamma) + beta;
}
