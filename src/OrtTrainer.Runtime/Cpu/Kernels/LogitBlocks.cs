using OrtTrainer.Graph;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// The cut of rows whose logits are made block by block: as few blocks as their room allows, for every block reads the
/// whole weight and its gradient, and all of nearly one size.
/// </summary>
/// <param name="rows">0 or more.</param>
/// <param name="columns">The logits of a row, 1 or more.</param>
internal readonly struct LogitBlocks(int rows, int columns)
{
    /// <summary>What a block has rows by: whole tiles in every precision.</summary>
    public const int RowMultiple = 48;

    /// <summary>Blocks, 0 where there are no rows.</summary>
    public int Count => (Groups + MostGroups - 1) / MostGroups;

    /// <summary>The most rows of a block.</summary>
    public int Rows => Count == 0 ? 0 : Math.Min(rows, (Groups + Count - 1) / Count * RowMultiple);

    private int Groups => (rows + RowMultiple - 1) / RowMultiple;

    private int MostGroups => Math.Max(1, FusedOperations.LogitsAtOnce / columns / RowMultiple);

    /// <summary>The rows of a block.</summary>
    public (int First, int Count) Range(int block)
    {
        int first = (int)((long)Groups * block / Count) * RowMultiple;
        return (first, Math.Min(rows, (int)((long)Groups * (block + 1) / Count) * RowMultiple) - first);
    }
}
