using ILGPU;
using OrtTrainer.Runtime.Cuda.Launching;

namespace OrtTrainer.Runtime.Cuda.Updates;

/// <content>Blocks that are picked out of a buffer and put back into another.</content>
internal sealed partial class KernelArithmetic
{
    private static readonly DeviceKernel Packing = new(PackBlocks);
    private static readonly DeviceKernel Replacing = new(ReplaceBlocks);
    private static readonly DeviceKernel AddingBlocks = new(AddToBlocks);

    public override void Pack(WeightBuffer source, ReadOnlySpan<int> blocks, WeightBuffer packed)
    {
        if (blocks.IsEmpty)
        {
            return;
        }

        using DeviceArray<int> which = new(device);
        which.Set(blocks);
        device.Run(
            Packing, (long)blocks.Length * WeightLayout.BlockLength, source.View(), which.View(), packed.View());
    }

    public override void AddBlocks(
        WeightBuffer sums, ReadOnlySpan<int> blocks, WeightBuffer packed, ReadOnlySpan<int> places, bool replaces)
    {
        if (blocks.IsEmpty)
        {
            return;
        }

        using DeviceArray<int> which = new(device), where = new(device);
        which.Set(blocks);
        where.Set(places);
        device.Run(
            replaces ? Replacing : AddingBlocks, (long)blocks.Length * WeightLayout.BlockLength, sums.View(),
            which.View(), packed.View(), where.View());
    }

    internal static void PackBlocks(ArrayView<float> source, ArrayView<int> blocks, ArrayView<float> packed)
    {
        long count = blocks.Length * WeightLayout.BlockLength;
        for (long i = Elements.First(); i < count; i += Elements.Stride())
        {
            packed[i] = source[Place(blocks[i / WeightLayout.BlockLength], i)];
        }
    }

    internal static void ReplaceBlocks(
        ArrayView<float> sums, ArrayView<int> blocks, ArrayView<float> packed, ArrayView<int> places)
    {
        long count = blocks.Length * WeightLayout.BlockLength;
        for (long i = Elements.First(); i < count; i += Elements.Stride())
        {
            int place = places[i / WeightLayout.BlockLength];
            sums[Place(blocks[i / WeightLayout.BlockLength], i)] = place < 0 ? 0 : packed[Place(place, i)];
        }
    }

    internal static void AddToBlocks(
        ArrayView<float> sums, ArrayView<int> blocks, ArrayView<float> packed, ArrayView<int> places)
    {
        long count = blocks.Length * WeightLayout.BlockLength;
        for (long i = Elements.First(); i < count; i += Elements.Stride())
        {
            int place = places[i / WeightLayout.BlockLength];
            sums[Place(blocks[i / WeightLayout.BlockLength], i)] += place < 0 ? 0 : packed[Place(place, i)];
        }
    }

    // Where an element lies that has the place within its block of element i.
    private static long Place(int block, long i) =>
        ((long)block * WeightLayout.BlockLength) + (i % WeightLayout.BlockLength);
}
