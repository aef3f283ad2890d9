using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Algorithms;
using OrtTrainer.Runtime.Cpu.Kernels;
using OrtTrainer.Runtime.Cuda.Launching;

namespace OrtTrainer.Runtime.Cuda.Kernels;

/// <summary>
/// The gradients of attention's keys and values: with P and dS as of <see cref="AttentionQueryGradient"/>, dk = scale
/// · dSᵀ q and dv = (P · dropout)ᵀ dy, a group to a tile of keys and a head of keys, which goes over the heads of
/// queries that share it and over tiles of queries.
/// </summary>
internal static class AttentionKeyGradient
{
    private const int NarrowKeys = 16;
    private const int NarrowQueries = 32;
    private const int WideKeys = 8;
    private const int WideQueries = 16;

    private static readonly DeviceKernel Narrow = new(BackwardNarrow);
    private static readonly DeviceKernel Wide = new(BackwardWide);

    public static IReadOnlyList<DeviceKernel> Kernels => [Narrow, Wide];

    /// <summary>Launches the kernel for a batch; inputs are those of the gradient's node.</summary>
    public static void Launch(
        in DeviceRun run, AttentionOnDevice attention, PackedTensor qkv, KernelArgument delta, KernelArgument dqkv)
    {
        bool isNarrow = AttentionOnDevice.IsNarrow(qkv);
        int keys = isNarrow ? NarrowKeys : WideKeys;
        run.Launch(
            isNarrow ? Narrow : Wide,
            new GridSize(AttentionTile.Most(qkv.Tokens, qkv.Sequences, keys), attention.KeyHeads), run.Floats(0),
            run.Floats(1), run.Floats(3), delta, run.Int64s(4), dqkv, attention.Heads, attention.KeyHeads, qkv.Width,
            attention.Causal, attention.Window(qkv), attention.Scale, run.DropoutKey(5),
            attention.Mask);
    }

    /// <summary>Heads of at most <see cref="AttentionOnDevice.NarrowWidth"/> columns.</summary>
    public static void BackwardNarrow(
        ArrayView<float> dy, ArrayView<float> qkv, ArrayView<float> lse, ArrayView<float> delta,
        ArrayView<long> offsets, ArrayView<float> dqkv, int heads, int keyHeads, int width, int causal, int window,
        float scale, ArrayView<long> key, DeviceMask site) => Backward(
        dy, qkv, lse, delta, offsets, dqkv, heads, keyHeads, width, causal, window, scale, site.At(key), NarrowKeys,
        NarrowQueries, SharedMemory.Allocate<float>(NarrowKeys * (AttentionOnDevice.NarrowWidth + 1)),
        SharedMemory.Allocate<float>(NarrowKeys * (AttentionOnDevice.NarrowWidth + 1)),
        SharedMemory.Allocate<float>(NarrowQueries * (AttentionOnDevice.NarrowWidth + 1)),
        SharedMemory.Allocate<float>(NarrowQueries * (AttentionOnDevice.NarrowWidth + 1)),
        SharedMemory.Allocate<float>(NarrowKeys * (NarrowQueries + 1)),
        SharedMemory.Allocate<float>(NarrowKeys * (NarrowQueries + 1)),
        SharedMemory.Allocate<float>(NarrowKeys * AttentionOnDevice.NarrowWidth),
        SharedMemory.Allocate<float>(NarrowKeys * AttentionOnDevice.NarrowWidth),
        SharedMemory.Allocate<float>(NarrowKeys));

    /// <summary>Heads of at most <see cref="AttentionOnDevice.WideWidth"/> columns.</summary>
    public static void BackwardWide(
        ArrayView<float> dy, ArrayView<float> qkv, ArrayView<float> lse, ArrayView<float> delta,
        ArrayView<long> offsets, ArrayView<float> dqkv, int heads, int keyHeads, int width, int causal, int window,
        float scale, ArrayView<long> key, DeviceMask site) => Backward(
        dy, qkv, lse, delta, offsets, dqkv, heads, keyHeads, width, causal, window, scale, site.At(key), WideKeys,
        WideQueries, SharedMemory.Allocate<float>(WideKeys * (AttentionOnDevice.WideWidth + 1)),
        SharedMemory.Allocate<float>(WideKeys * (AttentionOnDevice.WideWidth + 1)),
        SharedMemory.Allocate<float>(WideQueries * (AttentionOnDevice.WideWidth + 1)),
        SharedMemory.Allocate<float>(WideQueries * (AttentionOnDevice.WideWidth + 1)),
        SharedMemory.Allocate<float>(WideKeys * (WideQueries + 1)),
        SharedMemory.Allocate<float>(WideKeys * (WideQueries + 1)),
        SharedMemory.Allocate<float>(WideKeys * AttentionOnDevice.WideWidth),
        SharedMemory.Allocate<float>(WideKeys * AttentionOnDevice.WideWidth), SharedMemory.Allocate<float>(WideKeys));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Backward(
        ArrayView<float> dy, ArrayView<float> qkv, ArrayView<float> lse, ArrayView<float> delta,
        ArrayView<long> offsets, ArrayView<float> dqkv, int heads, int keyHeads, int width, int causal, int window,
        float scale, DeviceMask mask, int keyTile, int queryTile, ArrayView<float> keys, ArrayView<float> values,
        ArrayView<float> queries, ArrayView<float> dys, ArrayView<float> weights, ArrayView<float> gradients,
        ArrayView<float> dkeys, ArrayView<float> dvalues, ArrayView<float> ones)
    {
        int keyHead = Grid.IdxY, sharing = heads / keyHeads, columns = heads * width;
        int row = columns + (2 * keyHeads * width);
        AttentionTile tile = AttentionTile.Find(offsets, lse.IntLength / heads, Grid.IdxX, keyTile);
        if (tile.Length == 0)
        {
            return;
        }

        int count = XMath.Min(keyTile, tile.Length - tile.Start);
        long keyAt = ((long)(tile.First + tile.Start) * row) + columns + (keyHead * width);
        long valueAt = keyAt + (keyHeads * width);
        AttentionMemory.Load(qkv, keyAt, row, count, keyTile, width, 1, keys);
        AttentionMemory.Load(qkv, valueAt, row, count, keyTile, width, 1, values);
        AttentionMemory.Clear(dkeys, keyTile * width);
        AttentionMemory.Clear(dvalues, keyTile * width);
        for (int i = Group.IdxX; i < keyTile; i += Group.DimX)
        {
            ones[i] = 1;
        }

        int from = causal != 0 ? tile.Start : XMath.Max(0, tile.Start - window);
        int end = XMath.Min(tile.Length, tile.Start + count + window);
        for (int head = keyHead * sharing; head < (keyHead + 1) * sharing; head++)
        {
            for (int query = from; query < end; query += queryTile)
            {
                int queryCount = XMath.Min(queryTile, end - query);
                long first = tile.First + query;
                AttentionMemory.Load(
                    qkv, (first * row) + (head * width), row, queryCount, queryTile, width, scale, queries);
                AttentionMemory.Load(
                    dy, (first * columns) + (head * width), columns, queryCount, queryTile, width, 1, dys);
                Group.Barrier();
                AttentionMemory.Multiply(keys, keyTile, queries, queryTile, width, weights);
                AttentionMemory.Multiply(values, keyTile, dys, queryTile, width, gradients);
                Group.Barrier();
                for (int i = Group.IdxX; i < keyTile * queryTile; i += Group.DimX)
                {
                    int key = i / queryTile, other = i % queryTile, at = (key * (queryTile + 1)) + other;
                    float weight = 0, gradient = 0;
                    if (key < count && other < queryCount
                        && AttentionTile.Sees(query + other, tile.Start + key, causal, window))
                    {
                        long pair = ((first + other) * heads) + head;
                        float kept = mask.Factor(
                            AttentionRows.IndexOf((int)first + other, heads, head, tile.Start + key));
                        float p = XMath.Exp(weights[at] - lse[pair]);
                        weight = p * kept;
                        gradient = p * ((gradients[at] * kept) - delta[pair]);
                    }

                    weights[at] = weight;
                    gradients[at] = gradient;
                }

                Group.Barrier();
                AttentionMemory.Accumulate(
                    dvalues, ones, weights, queryTile + 1, keyTile, dys, queryCount, width);
                AttentionMemory.Accumulate(
                    dkeys, ones, gradients, queryTile + 1, keyTile, queries, queryCount, width);
                Group.Barrier();
            }
        }

        AttentionMemory.Store(dkeys, count, width, 1, dqkv, keyAt, row);
        AttentionMemory.Store(dvalues, count, width, 1, dqkv, valueAt, row);
    }
}
