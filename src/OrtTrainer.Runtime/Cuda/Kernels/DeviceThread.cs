using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Algorithms;

namespace OrtTrainer.Runtime.Cuda.Kernels;

/// <summary>
/// Where a thread of a kernel stands, and what it computes with its neighbors. Sums are in an order that the size of a
/// group alone decides.
/// </summary>
internal static class DeviceThread
{
    /// <summary>The element of this thread, where each has one.</summary>
    public static long Element => ((long)Grid.IdxX * Group.DimX) + Group.IdxX;

    /// <summary>The row of this thread's warp, where each warp has one.</summary>
    public static int Row => (Grid.IdxX * Warps) + WarpInGroup;

    /// <summary>Warps of the group.</summary>
    public static int Warps => Group.DimX / Warp.WarpSize;

    /// <summary>This thread's warp, within its group.</summary>
    public static int WarpInGroup => Group.IdxX / Warp.WarpSize;

    /// <summary>This thread within its warp.</summary>
    public static int Lane => Group.IdxX % Warp.WarpSize;

    /// <summary>The sum over the warp, all of which call this, in every thread.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float WarpSum(float value)
    {
        for (int apart = Warp.WarpSize / 2; apart > 0; apart /= 2)
        {
            value += Warp.ShuffleXor(value, apart);
        }

        return value;
    }

    /// <summary>The largest of the warp, all of which call this, in every thread.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float WarpLargest(float value)
    {
        for (int apart = Warp.WarpSize / 2; apart > 0; apart /= 2)
        {
            value = XMath.Max(value, Warp.ShuffleXor(value, apart));
        }

        return value;
    }

    /// <summary>The sum over the group, all of which call this, in every thread.</summary>
    /// <param name="value">This thread's.</param>
    /// <param name="warps">Shared memory, one number for each warp; free again on return.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float GroupSum(float value, ArrayView<float> warps)
    {
        value = WarpSum(value);
        if (Lane == 0)
        {
            warps[WarpInGroup] = value;
        }

        Group.Barrier();
        float sum = 0;
        for (int warp = 0; warp < Warps; warp++)
        {
            sum += warps[warp];
        }

        Group.Barrier();
        return sum;
    }

    /// <summary>The largest of the group, all of which call this, in every thread.</summary>
    /// <inheritdoc cref="GroupSum"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float GroupLargest(float value, ArrayView<float> warps)
    {
        value = WarpLargest(value);
        if (Lane == 0)
        {
            warps[WarpInGroup] = value;
        }

        Group.Barrier();
        float largest = warps[0];
        for (int warp = 1; warp < Warps; warp++)
        {
            largest = XMath.Max(largest, warps[warp]);
        }

        Group.Barrier();
        return largest;
    }
}
