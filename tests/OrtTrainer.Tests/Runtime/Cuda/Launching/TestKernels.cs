using ILGPU;
using OrtTrainer.Runtime.Cuda.Launching;

namespace OrtTrainer.Tests.Runtime.Cuda.Launching;

/// <summary>Kernels with one of everything that launches have to bring there; public, as launches emit calls.</summary>
public static class TestKernels
{
    internal static DeviceKernel Mixed { get; } = new(Mix);

    internal static DeviceKernel Reversed { get; } = new(Reverse);

    internal static DeviceKernel Summed { get; } = new(Sum);

    /// <summary>y[i] = x[i] scale + ids[i] far + places[i] + bits + step, one thread to each element.</summary>
    public static void Mix(
        ArrayView<float> x, int step, ArrayView<long> ids, float scale, ArrayView<int> places, uint bits, long far,
        ArrayView<float> y)
    {
        int i = Grid.GlobalIndex.X;
        if (i < y.Length)
        {
            y[i] = (x[i] * scale) + (ids[i] * far) + places[i] + bits + step;
        }
    }

    /// <summary>y[row, i] = x[row, group - 1 - i], by shared memory; rows along Y.</summary>
    public static void Reverse(ArrayView<float> x, ArrayView<float> y)
    {
        ArrayView<float> shared = SharedMemory.Allocate<float>(GroupShape.MostThreads);
        int at = (Grid.IdxY * Group.DimX) + Group.IdxX;
        shared[Group.IdxX] = x[at];
        Group.Barrier();
        y[at] = shared[Group.DimX - 1 - Group.IdxX];
    }

    /// <summary>y[i] = the sum of x over the warp of thread i.</summary>
    public static void Sum(ArrayView<float> x, ArrayView<float> y)
    {
        int i = Grid.GlobalIndex.X;
        float sum = x[i];
        for (int apart = Warp.WarpSize / 2; apart > 0; apart /= 2)
        {
            sum += Warp.ShuffleXor(sum, apart);
        }

        y[i] = sum;
    }
}
