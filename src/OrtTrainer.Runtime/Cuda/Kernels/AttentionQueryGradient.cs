using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Algorithms;
using OrtTrainer.Runtime.Cpu.Kernels;
using OrtTrainer.Runtime.Cuda.Launching;

namespace OrtTrainer.Runtime.Cuda.Kernels;

/// <summary>
/// The gradients of attention's queries: with P = e^(score - lse), dS = P · ((dy vᵀ) · dropout - delta) and dq = scale
/// · dS k, a group to a tile of queries and a head, which goes over tiles of keys.
/// </summary>
internal static class AttentionQueryGradient
{
    private const int Queries = 16;
    private const int NarrowKeys = 32;
    private const int WideKeys = 16;

    private static readonly DeviceKernel Narrow = new(BackwardNarrow);
    private static readonly DeviceKernel Wide = new(BackwardWide);

    public static IReadOnlyList<DeviceKernel> Kernels => [Narrow, Wide];

    /// <summary>Launches the kernel for a batch; inputs are those of the gradient's node.</summary>
    public static void Launch(
        in DeviceRun run, AttentionOnDevice attention, PackedTensor qkv, KernelArgument delta, KernelArgument dqkv) =>
        run.Launch(
        AttentionOnDevice.IsNarrow(qkv) ? Narrow : Wide,
        new GridSize(AttentionTile.Most(qkv.Tokens, qkv.Sequences, Queries), attention.Heads), run.Floats(0),
        run.Floats(1), run.Floats(3), delta, run.Int64s(4), dqkv, attention.Heads, attention.KeyHeads, qkv.Width,
        attention.Causal, attention.Window(qkv), attention.Scale, run.DropoutKey(5),
        attention.Mask);

    /// <summary>Heads of at most <see cref="AttentionOnDevice.NarrowWidth"/> columns.</summary>
    public static void BackwardNarrow(
        ArrayView<float> dy, ArrayView<float> qkv, ArrayView<float> lse, ArrayView<float> delta,
        ArrayView<long> offsets, ArrayView<float> dqkv, int heads, int keyHeads, int width, int causal, int window,
        float scale, ArrayView<long> key, DeviceMask site) => Backward(
        dy, qkv, lse, delta, offsets, dqkv, heads, keyHeads, width, causal, window, scale, site.At(key), NarrowKeys,
        SharedMemory.Allocate<float>(Queries * (AttentionOnDevice.NarrowWidth + 1)),
        SharedMemory.Allocate<float>(Queries * (AttentionOnDevice.NarrowWidth + 1)),
        SharedMemory.Allocate<float>(NarrowKeys * (AttentionOnDevice.NarrowWidth + 1)),
        SharedMemory.Allocate<float>(NarrowKeys * (AttentionOnDevice.NarrowWidth + 1)),
        SharedMemory.Allocate<float>(Queries * (NarrowKeys + 1)),
        SharedMemory.Allocate<float>(Queries * (NarrowKeys + 1)),
        SharedMemory.Allocate<float>(Queries * AttentionOnDevice.NarrowWidth), SharedMemory.Allocate<float>(Queries));

    /// <summary>Heads of at most <see cref="AttentionOnDevice.WideWidth"/> columns.</summary>
    public static void BackwardWide(
        ArrayView<float> dy, ArrayView<float> qkv, ArrayView<float> lse, ArrayView<float> delta,
        ArrayView<long> offsets, ArrayView<float> dqkv, int heads, int keyHeads, int width, int causal, int window,
        float scale, ArrayView<long> key, DeviceMask site) => Backward(
        dy, qkv, lse, delta, offsets, dqkv, heads, keyHeads, width, causal, window, scale, site.At(key), WideKeys,
        SharedMemory.Allocate<float>(Queries * (AttentionOnDevice.WideWidth + 1)),
        SharedMemory.Allocate<float>(Queries * (AttentionOnDevice.WideWidth + 1)),
        SharedMemory.Allocate<float>(WideKeys * (AttentionOnDevice.WideWidth + 1)),
        SharedMemory.Allocate<float>(WideKeys * (AttentionOnDevice.WideWidth + 1)),
        SharedMemory.Allocate<float>(Queries * (WideKeys + 1)), SharedMemory.Allocate<float>(Queries * (WideKeys + 1)),
        SharedMemory.Allocate<float>(Queries * AttentionOnDevice.WideWidth), SharedMemory.Allocate<float>(Queries));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Backward(
        ArrayView<float> dy, ArrayView<float> qkv, ArrayView<float> lse, ArrayView<float> delta,
        ArrayView<long> offsets, ArrayView<float> dqkv, int heads, int keyHeads, int width, int causal, int window,
        float scale, DeviceMask mask, int keyTile, ArrayView<float> queries, ArrayView<float> dys,
        ArrayView<float> keys, ArrayView<float> values, ArrayView<float> scores, ArrayView<float> gradients,
        ArrayView<float> sums, ArrayView<float> ones)
    {
        int head = Grid.IdxY, columns = heads * width, row = columns + (2 * keyHeads * width);
        AttentionTile tile = AttentionTile.Find(offsets, lse.IntLength / heads, Grid.IdxX, Queries);
        if (tile.Length == 0)
        {
            return;
        }

        int keyAt = columns + (head / (heads / keyHeads) * width);
        int count = XMath.Min(Queries, tile.Length - tile.Start);
        long first = tile.First + tile.Start;
        AttentionMemory.Load(qkv, (first * row) + (head * width), row, count, Queries, width, scale, queries);
        AttentionMemory.Load(dy, (first * columns) + (head * width), columns, count, Queries, width, 1, dys);
        AttentionMemory.Clear(sums, Queries * width);
        for (int i = Group.IdxX; i < Queries; i += Group.DimX)
        {
            ones[i] = 1;
        }

        int end = causal != 0 ? tile.Start + count : XMath.Min(tile.Length, tile.Start + count + window);
        for (int key = XMath.Max(0, tile.Start - window); key < end; key += keyTile)
        {
            int keyCount = XMath.Min(keyTile, end - key);
            long keyRow = (long)(tile.First + key) * row;
            AttentionMemory.Load(qkv, keyRow + keyAt, row, keyCount, keyTile, width, 1, keys);
            AttentionMemory.Load(qkv, keyRow + keyAt + (keyHeads * width), row, keyCount, keyTile, width, 1, values);
            Group.Barrier();
            AttentionMemory.Multiply(queries, Queries, keys, keyTile, width, scores);
            AttentionMemory.Multiply(dys, Queries, values, keyTile, width, gradients);
            Group.Barrier();
            for (int i = Group.IdxX; i < Queries * keyTile; i += Group.DimX)
            {
                int query = i / keyTile, other = key + (i % keyTile), at = (query * (keyTile + 1)) + (i % keyTile);
                float gradient = 0;
                if (query < count && other < end && AttentionTile.Sees(tile.Start + query, other, causal, window))
                {
                    long pair = ((first + query) * heads) + head;
                    float kept = mask.Factor(AttentionRows.IndexOf((int)first + query, heads, head, other));
                    gradient = XMath.Exp(scores[at] - lse[pair]) * ((gradients[at] * kept) - delta[pair]);
                }

                gradients[at] = gradient;
            }

            Group.Barrier();
            AttentionMemory.Accumulate(sums, ones, gradients, keyTile + 1, Queries, keys, keyCount, width);
            Group.Barrier();
        }

        AttentionMemory.Store(sums, count, width, scale, dqkv, (first * row) + (head * width), row);
    }
}
