using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// The row-wise part of attention, between its matrix products: softmax, dropout and their gradient.
/// </summary>
internal static unsafe class AttentionRows
{
    /// <summary>
    /// Query rows treated at a time: their scores stay in a core's cache, however long the sequence.
    /// </summary>
    public const int Block = 64;

    /// <summary>The score of a key that is not seen: e^x of it is 0, whatever finite number is taken off.</summary>
    public const float Hidden = -1e30f;

    // Dropout numbers the keys of a query row in blocks. Those of the first blocks of all rows follow each other; other
    // blocks begin 2^32 over the golden ratio further each, so that they stay far apart in batches that fit in memory.
    private const uint KeysPerBlock = 1024;
    private const uint BlockStep = 2_592_222 * KeysPerBlock;

    /// <summary>
    /// Distance of score rows: whole vectors, and an odd number of cache lines, because a power of two would crowd
    /// the rows into few sets of the cache.
    /// </summary>
    public static int Stride(int length) => Lanes.RoundUp(length) | Lanes.Count;

    /// <summary>The dropout index of a query row's key.</summary>
    /// <param name="token">The query, counted in the batch.</param>
    /// <param name="heads">Heads.</param>
    /// <param name="head">The head.</param>
    /// <param name="key">The key, counted in its sequence.</param>
    public static uint IndexOf(int token, int heads, int head, int key) => unchecked(
        ((((uint)token * (uint)heads) + (uint)head) * KeysPerBlock)
        + ((uint)key % KeysPerBlock) + ((uint)key / KeysPerBlock * BlockStep));

    /// <summary>
    /// The vector that the first key seen is in. Scores of keys before it that lie in the same vector become so low
    /// that they weigh nothing; those from <paramref name="from"/> on in vectors before it become 0.
    /// </summary>
    /// <param name="scores">The row of scores.</param>
    /// <param name="from">A multiple of a vector, not after <paramref name="first"/>.</param>
    /// <param name="first">The first key that the row's query sees.</param>
    public static int HideBefore(float* scores, int from, int first)
    {
        int vector = first & -Lanes.Count;
        new Span<float>(scores + vector, first - vector).Fill(Hidden);
        new Span<float>(scores + from, vector - from).Clear();
        return vector;
    }

    /// <summary>The largest of a row of scores. NaN may be passed over here; it comes back in the softmax.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Largest(float* scores, int length)
    {
        int whole = length & -Lanes.Count;
        Vector512<float> lowest = Vector512.Create(float.NegativeInfinity);
        Vector512<float> largest = lowest;
        for (int j = 0; j < whole; j += Lanes.Count)
        {
            largest = Vector512.MaxNative(largest, Vector512.Load(scores + j));
        }

        Vector512<float> last = Vector512.ConditionalSelect(
            Lanes.First(length - whole), whole < length ? Vector512.Load(scores + whole) : lowest, lowest);
        largest = Vector512.MaxNative(largest, last);
        Vector256<float> half = Vector256.MaxNative(largest.GetLower(), largest.GetUpper());
        Vector128<float> quarter = Vector128.MaxNative(half.GetLower(), half.GetUpper());
        quarter = Vector128.MaxNative(quarter, Vector128.Shuffle(quarter, Vector128.Create(2, 3, 0, 1)));
        quarter = Vector128.MaxNative(quarter, Vector128.Shuffle(quarter, Vector128.Create(1, 0, 3, 2)));
        return quarter.ToScalar();
    }

    /// <summary>
    /// Scores become e^(score - largest) · mask, zero behind the row's end up to <paramref name="reach"/>, a whole
    /// vector. Returned: the sum of e^(score - largest), the softmax's divisor, which the caller applies to the row's
    /// result.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Softmax(
        float* scores, int length, int reach, in DropoutMask mask, uint firstIndex, float largest)
    {
        int whole = length & -Lanes.Count;
        int padded = Lanes.RoundUp(length);
        Vector512<float> inside = Lanes.First(length - whole);
        Vector512<float> shift = Vector512.Create(largest);
        Vector512<float> sum = default;
        uint index = firstIndex;
        bool masked = mask.IsActive;
        for (int j = 0; j < padded; j += Lanes.Count)
        {
            Vector512<float> e = VectorMath.Exp(Vector512.Load(scores + j) - shift);
            e = j < whole ? e : e & inside;
            sum += e;
            (masked ? e * mask.Factors(Lanes.Index + Vector512.Create(index)) : e).Store(scores + j);
            index = Next(index);
        }

        Clear(scores, padded, reach);
        return Vector512.Sum(sum);
    }

    /// <summary>
    /// Scores s become P · mask with P = e^(s - logSum); gradients g of what P · mask multiplied become those of the
    /// scores, P · (g · mask - delta). Both are zero behind the row's end up to <paramref name="reach"/>, a whole
    /// vector.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gradient(
        float* scores, float* gradients, int length, int reach, in DropoutMask mask, uint firstIndex, float logSum,
        float delta)
    {
        int whole = length & -Lanes.Count;
        int padded = Lanes.RoundUp(length);
        Vector512<float> inside = Lanes.First(length - whole);
        Vector512<float> shift = Vector512.Create(logSum);
        Vector512<float> mean = Vector512.Create(delta);
        uint index = firstIndex;
        bool masked = mask.IsActive;
        for (int j = 0; j < padded; j += Lanes.Count)
        {
            Vector512<float> p = VectorMath.Exp(Vector512.Load(scores + j) - shift);
            p = j < whole ? p : p & inside;
            Vector512<float> g = Vector512.Load(gradients + j);
            Vector512<float> kept = p;
            if (masked)
            {
                Vector512<float> factors = mask.Factors(Lanes.Index + Vector512.Create(index));
                index = Next(index);
                kept = p * factors;
                g *= factors;
            }

            kept.Store(scores + j);
            (p * (g - mean)).Store(gradients + j);
        }

        Clear(scores, padded, reach);
        Clear(gradients, padded, reach);
    }

    /// <summary>The sum of a · b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Dot(float* a, float* b, int length)
    {
        Vector512<float> sum = default;
        int i = 0;
        for (; i <= length - Lanes.Count; i += Lanes.Count)
        {
            sum = Vector512.FusedMultiplyAdd(Vector512.Load(a + i), Vector512.Load(b + i), sum);
        }

        if (i < length)
        {
            sum = Vector512.FusedMultiplyAdd(Lanes.Load(a + i, length - i), Lanes.Load(b + i, length - i), sum);
        }

        return Vector512.Sum(sum);
    }

    // Rows begin with a whole vector and blocks are made of them, so none lies in two blocks.
    private static uint Next(uint index)
    {
        uint next = unchecked(index + (uint)Lanes.Count);
        return next % KeysPerBlock == 0 ? unchecked(next + (BlockStep - KeysPerBlock)) : next;
    }

    // What the products left there: nothing where a row reaches as far as its block.
    private static void Clear(float* row, int from, int reach)
    {
        int end = Lanes.RoundUp(reach);
        if (from < end)
        {
            new Span<float>(row + from, end - from).Clear();
        }
    }
}
