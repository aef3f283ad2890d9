namespace OrtTrainer.Models;

/// <summary>Where a table has the rows of a head that answers per token.</summary>
/// <param name="Count">Rows of the table.</param>
/// <param name="OfInputs">The row of every token of each input, or <see cref="None"/>: [M][T].</param>
internal sealed record TokenRows(int Count, IReadOnlyList<int[]> OfInputs)
{
    /// <summary>The row of a token that has none.</summary>
    public const int None = -1;

    /// <summary>The row of the table that each row of the head's output is, [R], input after input.</summary>
    public int[] Flat() => [.. OfInputs.SelectMany(rows => rows)];

    /// <summary>Which rows of the table some token has, [<see cref="Count"/>].</summary>
    public bool[] Filled()
    {
        bool[] filled = new bool[Count];
        foreach (int row in OfInputs.SelectMany(rows => rows).Where(row => row != None))
        {
            filled[row] = true;
        }

        return filled;
    }

    /// <summary>A row for every token of every input.</summary>
    /// <param name="lengths">The tokens of each input, [M].</param>
    public static TokenRows OfAll(IReadOnlyList<int> lengths)
    {
        int[][] rows = new int[lengths.Count][];
        int next = 0;
        for (int input = 0; input < rows.Length; input++)
        {
            rows[input] = [.. Enumerable.Range(next, lengths[input])];
            next += lengths[input];
        }

        return new(next, rows);
    }
}
