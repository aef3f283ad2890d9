using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Algorithms;
using OrtTrainer.Runtime.Cpu.Kernels;
using OrtTrainer.Runtime.Cuda.Launching;

namespace OrtTrainer.Runtime.Cuda.Kernels;

/// <summary>
/// <c>PackedAttention</c> and <c>PackedSharedAttention</c> on a device, as
/// <see cref="PackedAttentionKernel{TTile}"/> defines them: a group to a tile of queries and a head goes over tiles of
/// keys and keeps the softmax of what it has seen (T. Dao et al., FlashAttention, arXiv:2205.14135).
/// </summary>
internal sealed class DeviceAttention(IOperatorDevice device, AttentionOnDevice attention) : DeviceOperator(device)
{
    private const int Queries = 16;
    private const int Keys = 32;

    private static readonly DeviceKernel Narrow = new(ForwardNarrow);
    private static readonly DeviceKernel Wide = new(ForwardWide);

    public static IReadOnlyList<DeviceKernel> Kernels => [Narrow, Wide];

    public static IEnumerable<KernelDefinition> Define(IOperatorDevice device) =>
        AttentionOnDevice.Forward.Select(form => On(
            form.Cpu, device,
            attributes => new DeviceAttention(device, new AttentionOnDevice(form.Cpu, attributes, form.Form))));

    /// <summary>Heads of at most <see cref="AttentionOnDevice.NarrowWidth"/> columns.</summary>
    public static void ForwardNarrow(
        ArrayView<float> qkv, ArrayView<long> offsets, ArrayView<float> y, ArrayView<float> lse, int heads,
        int keyHeads, int width, int causal, int window, float scale, ArrayView<long> key, DeviceMask site) => Forward(
        qkv, offsets, y, lse, heads, keyHeads, width, causal, window, scale, site.At(key),
        SharedMemory.Allocate<float>(Queries * (AttentionOnDevice.NarrowWidth + 1)),
        SharedMemory.Allocate<float>(Keys * (AttentionOnDevice.NarrowWidth + 1)),
        SharedMemory.Allocate<float>(Queries * (Keys + 1)),
        SharedMemory.Allocate<float>(Queries * AttentionOnDevice.NarrowWidth),
        SharedMemory.Allocate<float>(Queries), SharedMemory.Allocate<float>(Queries),
        SharedMemory.Allocate<float>(Queries));

    /// <summary>Heads of at most <see cref="AttentionOnDevice.WideWidth"/> columns.</summary>
    public static void ForwardWide(
        ArrayView<float> qkv, ArrayView<long> offsets, ArrayView<float> y, ArrayView<float> lse, int heads,
        int keyHeads, int width, int causal, int window, float scale, ArrayView<long> key, DeviceMask site) => Forward(
        qkv, offsets, y, lse, heads, keyHeads, width, causal, window, scale, site.At(key),
        SharedMemory.Allocate<float>(Queries * (AttentionOnDevice.WideWidth + 1)),
        SharedMemory.Allocate<float>(Keys * (AttentionOnDevice.WideWidth + 1)),
        SharedMemory.Allocate<float>(Queries * (Keys + 1)),
        SharedMemory.Allocate<float>(Queries * AttentionOnDevice.WideWidth),
        SharedMemory.Allocate<float>(Queries), SharedMemory.Allocate<float>(Queries),
        SharedMemory.Allocate<float>(Queries));

    protected override void Compute(in DeviceRun run)
    {
        PackedTensor qkv = attention.Read(run.Input(0), run.Input(1));
        run.Launch(
            AttentionOnDevice.IsNarrow(qkv) ? Narrow : Wide,
            new GridSize(AttentionTile.Most(qkv.Tokens, qkv.Sequences, Queries), attention.Heads), run.Floats(0),
            run.Int64s(1), run.OutputFloats(0, qkv.Tokens, qkv.Columns),
            run.OutputFloats(1, qkv.Tokens, attention.Heads), attention.Heads, attention.KeyHeads, qkv.Width,
            attention.Causal, attention.Window(qkv), attention.Scale, run.DropoutKey(2), attention.Mask);
    }

    // keys holds the keys of a tile, then its values.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Forward(
        ArrayView<float> qkv, ArrayView<long> offsets, ArrayView<float> y, ArrayView<float> lse, int heads,
        int keyHeads, int width, int causal, int window, float scale, DeviceMask mask, ArrayView<float> queries,
        ArrayView<float> keys, ArrayView<float> scores, ArrayView<float> sums, ArrayView<float> largest,
        ArrayView<float> divisors, ArrayView<float> decays)
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
        AttentionMemory.Clear(sums, Queries * width);
        AttentionMemory.Clear(divisors, Queries);
        for (int i = Group.IdxX; i < Queries; i += Group.DimX)
        {
            largest[i] = AttentionRows.Hidden;
        }

        int end = causal != 0 ? tile.Start + count : XMath.Min(tile.Length, tile.Start + count + window);
        for (int key = XMath.Max(0, tile.Start - window); key < end; key += Keys)
        {
            int keyCount = XMath.Min(Keys, end - key);
            long keyRow = (long)(tile.First + key) * row;
            AttentionMemory.Load(qkv, keyRow + keyAt, row, keyCount, Keys, width, 1, keys);
            Group.Barrier();
            AttentionMemory.Multiply(queries, Queries, keys, Keys, width, scores);
            Group.Barrier();
            AttentionMemory.Load(qkv, keyRow + keyAt + (keyHeads * width), row, keyCount, Keys, width, 1, keys);
            for (int i = DeviceThread.WarpInGroup; i < Queries; i += DeviceThread.Warps)
            {
                int query = i < count ? tile.Start + i : int.MinValue / 2;
                Softmax(
                    scores.SubView(i * (Keys + 1), Keys), query, key, end, causal, window, mask,
                    AttentionRows.IndexOf(tile.First + query, heads, head, 0), i, largest, divisors, decays);
            }

            Group.Barrier();
            AttentionMemory.Accumulate(sums, decays, scores, Keys + 1, Queries, keys, keyCount, width);
            Group.Barrier();
        }

        for (int i = Group.IdxX; i < count * width; i += Group.DimX)
        {
            int query = i / width;
            y[((first + query) * columns) + (head * width) + (i % width)] = sums[i] / divisors[query];
        }

        for (int i = Group.IdxX; i < count; i += Group.DimX)
        {
            lse[((first + i) * heads) + head] = largest[i] + XMath.Log(divisors[i]);
        }
    }

    // One row by one warp: its scores become e^(score - largest so far) · mask, and what was summed before is to decay.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Softmax(
        ArrayView<float> scores, int query, int key, int end, int causal, int window, DeviceMask mask, uint index,
        int i, ArrayView<float> largest, ArrayView<float> divisors, ArrayView<float> decays)
    {
        float before = largest[i], top = before;
        for (int j = DeviceThread.Lane; j < Keys; j += Warp.WarpSize)
        {
            bool isSeen = key + j < end && AttentionTile.Sees(query, key + j, causal, window);
            top = isSeen ? XMath.Max(top, scores[j]) : top;
        }

        top = DeviceThread.WarpLargest(top);
        float sum = 0;
        for (int j = DeviceThread.Lane; j < Keys; j += Warp.WarpSize)
        {
            bool isSeen = key + j < end && AttentionTile.Sees(query, key + j, causal, window);
            float e = isSeen ? XMath.Exp(scores[j] - top) : 0;
            sum += e;
            scores[j] = e * mask.Factor(index + AttentionRows.IndexOf(0, 1, 0, key + j));
        }

        sum = DeviceThread.WarpSum(sum);
        if (DeviceThread.Lane == 0)
        {
            float decay = XMath.Exp(before - top);
            decays[i] = decay;
            divisors[i] = (divisors[i] * decay) + sum;
            largest[i] = top;
        }
    }
}
