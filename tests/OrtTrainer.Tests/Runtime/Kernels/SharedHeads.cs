namespace OrtTrainer.Tests.Runtime.Kernels;

/// <summary>Rows of heads of queries, then of fewer keys and values that groups of neighbours share.</summary>
internal static class SharedHeads
{
    /// <summary>The same rows with keys and values for every head of queries.</summary>
    public static T[] Spread<T>(T[] qkv, int heads, int keyHeads, int width)
    {
        int row = (heads + (2 * keyHeads)) * width;
        return [.. Enumerable.Range(0, qkv.Length / row).SelectMany(t => Sources(heads, keyHeads)
            .SelectMany(head => qkv[((t * row) + (head * width))..((t * row) + ((head + 1) * width))]))];
    }

    /// <summary>The way back of a gradient: what belongs to one head of keys or values is added up.</summary>
    public static double[] Gather(double[] dspread, int heads, int keyHeads, int width)
    {
        int[] sources = [.. Sources(heads, keyHeads)];
        int row = (heads + (2 * keyHeads)) * width, spread = 3 * heads * width;
        double[] sums = new double[dspread.Length / spread * row];
        for (int i = 0; i < dspread.Length; i++)
        {
            int token = i / spread, column = i % spread;
            sums[(token * row) + (sources[column / width] * width) + (column % width)] += dspread[i];
        }

        return sums;
    }

    // For every head of spread rows, queries, keys and values, the head of the row that it is.
    private static IEnumerable<int> Sources(int heads, int keyHeads) =>
    [
        .. Enumerable.Range(0, heads),
        .. Enumerable.Range(0, heads).Select(head => heads + (head / (heads / keyHeads))),
        .. Enumerable.Range(0, heads).Select(head => heads + keyHeads + (head / (heads / keyHeads))),
    ];
}
