using System.Runtime.InteropServices;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// The pairs (sequence, head) of a packed batch, the units of attention's work. Longest sequences come first, so that
/// threads end together: the cost of a pair grows with the square of its length.
/// </summary>
internal unsafe struct PackedSequences
{
    private long* _offsets;
    private long* _order;

    /// <summary>Number of sequences.</summary>
    public int Count { get; private set; }

    /// <summary>Tokens of the whole batch.</summary>
    public int Tokens { get; private set; }

    public int Heads { get; private set; }

    /// <summary>Heads of keys and values; groups of heads of queries share one where they are fewer.</summary>
    public int KeyHeads { get; private set; }

    /// <summary>Columns of all heads of queries together, H.</summary>
    public int Columns { get; private set; }

    /// <summary>Columns of a row of queries, keys and values.</summary>
    public readonly nint RowColumns => Columns + (2 * (nint)KeyColumns);

    /// <summary>Columns of one head, D.</summary>
    public readonly int Width => Columns / Heads;

    public readonly int Pairs => Count * Heads;

    /// <summary>
    /// Pairs of one sequence that follow each other, which a thread should take together: their columns lie side by
    /// side, so that those of the next can be fetched while one is at work. Heads that share keys are always in one
    /// block, so that a single thread adds to the keys' gradients.
    /// </summary>
    public readonly int PairsPerBlock
    {
        get
        {
            int few = KeyHeads % 4 == 0 ? 4 : KeyHeads % 3 == 0 ? 3 : KeyHeads % 2 == 0 ? 2 : 1;
            return Math.Max(few / Sharing, 1) * Sharing;
        }
    }

    public readonly int Blocks => Pairs / PairsPerBlock;

    private readonly int KeyColumns => KeyHeads * Width;

    private readonly int Sharing => Heads / KeyHeads;

    /// <summary>Where the keys of a head begin in a row.</summary>
    public readonly nint KeyAt(int head) => Columns + (head / Sharing * (nint)Width);

    /// <summary>Where the values of a head begin in a row.</summary>
    public readonly nint ValueAt(int head) => KeyAt(head) + KeyColumns;

    /// <summary>Whether no head before this one shares its keys.</summary>
    public readonly bool IsFirstOfItsKeys(int head) => head % Sharing == 0;

    /// <summary>Checks the shapes and offsets of a batch.</summary>
    /// <param name="kernel">Named in messages.</param>
    /// <param name="qkv">[T, 3H].</param>
    /// <param name="offsets">[B + 1]: 0, then the end of each sequence, T at last.</param>
    /// <param name="heads">A divisor of H.</param>
    public static PackedSequences Read(KernelDefinition kernel, KernelTensor qkv, KernelTensor offsets, int heads) =>
        Read(kernel, "qkv", qkv, offsets, queryHeads: heads, heads, heads);

    /// <summary>As the other, where heads share keys and values: [T, (heads + 2 keyHeads) D].</summary>
    public static PackedSequences Read(
        KernelDefinition kernel, KernelTensor qkv, KernelTensor offsets, int heads, int keyHeads) =>
        Read(kernel, "qkv", qkv, offsets, queryHeads: heads, heads, keyHeads);

    /// <summary>As the other, of keys and values alone, kv [T, 2H].</summary>
    public static PackedSequences ReadKeys(KernelDefinition kernel, KernelTensor kv, KernelTensor offsets, int heads) =>
        Read(kernel, "kv", kv, offsets, queryHeads: 0, heads, heads);

    /// <summary>Runs the pairs of a block; while one is at work the next is fetched.</summary>
    /// <param name="block">0 to <see cref="Blocks"/> - 1.</param>
    /// <param name="pairs">What is done with a pair.</param>
    public readonly void RunPairs<TPairs>(int block, in TPairs pairs)
        where TPairs : struct, IAttentionPairs
    {
        int first = block * PairsPerBlock, end = first + PairsPerBlock;
        pairs.Fetch(first);
        for (int pair = first; pair < end; pair++)
        {
            if (pair + 1 < end)
            {
                pairs.Fetch(pair + 1);
            }

            pairs.RunPair(pair);
        }
    }

    /// <summary>First row, number of rows and head of a pair.</summary>
    public readonly (int First, int Length, int Head) Pair(int index)
    {
        int sequence = Sequence(index);
        var first = (int)_offsets[sequence];
        return (first, (int)_offsets[sequence + 1] - first, index % Heads);
    }

    /// <summary>The sequence of a pair, as offsets number them.</summary>
    public readonly int Sequence(int index) => (int)(uint)_order[index / Heads];

    /// <summary>The number of sequences that offsets [B + 1] part the rows of an input into.</summary>
    /// <param name="kernel">Named in messages.</param>
    /// <param name="rows">The name of the input.</param>
    /// <param name="offsets">0, then the end of each sequence, T at last.</param>
    /// <param name="tokens">T.</param>
    /// <exception cref="ArgumentException">They do not.</exception>
    public static int CountIn(KernelDefinition kernel, string rows, KernelTensor offsets, int tokens)
    {
        int count = CountOf(kernel, offsets);
        CheckOffsets(kernel, rows, new ReadOnlySpan<long>(offsets.Int64s, count + 1), tokens);
        return count;
    }

    private static PackedSequences Read(
        KernelDefinition kernel, string name, KernelTensor rows, KernelTensor offsets, int queryHeads, int heads,
        int keyHeads)
    {
        (int tokens, int columns) = Shapes.Matrix(kernel, name, rows);
        int all = queryHeads + (2 * keyHeads);
        if (columns % all != 0)
        {
            throw new ArgumentException(
                $"{kernel.Name}: {name} has shape {rows}; expected a multiple of {all} heads as its columns.");
        }

        int count = CountOf(kernel, offsets);
        long* ends = offsets.Int64s;
        CheckOffsets(kernel, name, new ReadOnlySpan<long>(ends, count + 1), tokens);
        return new PackedSequences
        {
            _offsets = ends,
            _order = LongestFirst(ends, count),
            Count = count,
            Tokens = tokens,
            Heads = heads,
            KeyHeads = keyHeads,
            Columns = columns / all * heads,
        };
    }

    private static void CheckOffsets(
        KernelDefinition kernel, string rows, ReadOnlySpan<long> offsets, int tokens)
    {
        long last = 0;
        for (int i = 0; i < offsets.Length; i++)
        {
            if (offsets[i] < last || (i == 0 && offsets[i] != 0))
            {
                throw new ArgumentException(
                    $"{kernel.Name}: offset {i} is {offsets[i]} after {last}; expected 0 first, and none less "
                    + "than the one before.");
            }

            last = offsets[i];
        }

        if (last != tokens)
        {
            throw new ArgumentException(
                $"{kernel.Name}: the last offset is {last}; expected the {tokens} rows of {rows}.");
        }
    }

    private static int CountOf(KernelDefinition kernel, KernelTensor offsets) =>
        offsets.Shape.Length == 1 && offsets.Length >= 1
            ? checked((int)(offsets.Length - 1))
            : throw new ArgumentException(
                $"{kernel.Name}: offsets has shape {offsets}; expected [sequences + 1].");

    // Sorted as numbers: the negated length above the sequence's index.
    private static long* LongestFirst(long* offsets, int count)
    {
        var order = (long*)Scratch.ForCall(count * (sizeof(long) / sizeof(float)));
        for (int i = 0; i < count; i++)
        {
            order[i] = ((offsets[i] - offsets[i + 1]) << 32) | (uint)i;
        }

        MemoryMarshal.CreateSpan(ref *order, count).Sort();
        return order;
    }
}
