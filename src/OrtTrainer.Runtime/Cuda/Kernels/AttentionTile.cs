using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Algorithms;

namespace OrtTrainer.Runtime.Cuda.Kernels;

/// <summary>The rows of a packed batch that one group of attention's kernels works on, all of one sequence.</summary>
/// <param name="first">The sequence's first row in the batch.</param>
/// <param name="length">Its rows; 0 for a group that has nothing to do.</param>
/// <param name="start">The tile's first row, within the sequence.</param>
internal readonly struct AttentionTile(int first, int length, int start)
{
    public readonly int First = first;
    public readonly int Length = length;
    public readonly int Start = start;

    /// <summary>Tiles that hold all rows of any batch.</summary>
    /// <param name="tokens">Rows of the batch.</param>
    /// <param name="sequences">Sequences of the batch.</param>
    /// <param name="size">Rows of a tile.</param>
    public static int Most(int tokens, int sequences, int size) => (tokens / size) + sequences;

    /// <summary>
    /// A tile of a batch, counted over its sequences. Offsets that are out of range or go back end a sequence at the
    /// last row or at its first, so that nothing outside of the batch is touched.
    /// </summary>
    /// <param name="offsets">[sequences + 1]: 0, then the end of each sequence.</param>
    /// <param name="tokens">Rows of the batch.</param>
    /// <param name="tile">Its number.</param>
    /// <param name="size">Rows of a tile.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static AttentionTile Find(ArrayView<long> offsets, int tokens, int tile, int size)
    {
        int first = 0, length = 0, start = 0;
        int end = 0;
        for (int sequence = 1; sequence < offsets.IntLength && length == 0; sequence++)
        {
            first = end;
            end = (int)XMath.Min(tokens, XMath.Max(first, offsets[sequence]));
            int tiles = (end - first + size - 1) / size;
            if (tile < tiles)
            {
                length = end - first;
                start = tile * size;
            }

            tile -= tiles;
        }

        return new AttentionTile(first, length, start);
    }

    /// <summary>Whether a query sees a key of its sequence.</summary>
    /// <param name="query">Within the sequence.</param>
    /// <param name="key">Within the sequence.</param>
    /// <param name="causal">1 if it sees none behind itself.</param>
    /// <param name="window">How far it sees.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Sees(int query, int key, int causal, int window) =>
        key >= query - window && key <= query + (causal != 0 ? 0 : window);
}
