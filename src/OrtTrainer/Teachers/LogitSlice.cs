namespace OrtTrainer.Teachers;

/// <summary>The logits of one distribution in a table: those of a row, or of an output over a window's rows.</summary>
/// <param name="Start">The place of the first.</param>
/// <param name="Stride">How far the next is.</param>
/// <param name="Length">How many there are.</param>
internal readonly record struct LogitSlice(int Start, int Stride, int Length)
{
    /// <summary>The place of one, counted from 0.</summary>
    public int this[int index] => Start + (index * Stride);

    /// <summary>The distributions of a table whose rows each are one.</summary>
    public static LogitSlice[] OfRows(int rows, int outputs) =>
        [.. Enumerable.Range(0, rows).Select(row => new LogitSlice(row * outputs, 1, outputs))];

    /// <summary>The distributions of a table of windows that have one per output over their tokens.</summary>
    /// <param name="lengths">The tokens of each window.</param>
    /// <param name="outputs">K.</param>
    public static LogitSlice[] OfWindows(IEnumerable<int> lengths, int outputs)
    {
        List<LogitSlice> slices = [];
        int first = 0;
        foreach (int length in lengths)
        {
            for (int k = 0; k < outputs; k++)
            {
                slices.Add(new LogitSlice((first * outputs) + k, outputs, length));
            }

            first += length;
        }

        return [.. slices];
    }
}
