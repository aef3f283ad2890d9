namespace OrtTrainer.Models;

/// <summary>
/// What a model's head gave for the examples of one batch, as it comes out of a session: valid until the next batch
/// runs.
/// </summary>
internal readonly ref struct OutputBatch
{
    // Logits of a vocabulary for every token are larger than all else; 128 MB of them keep the threads busy.
    private const int MostValues = 1 << 25;

    private readonly ReadOnlySpan<float> _values;
    private readonly ReadOnlySpan<int> _starts;
    private readonly ReadOnlySpan<int> _rows;

    /// <param name="values">Rows of K values.</param>
    /// <param name="outputs">K.</param>
    /// <param name="examples">The places of the examples in their data set, [B].</param>
    /// <param name="starts">The row of <paramref name="values"/> at which each example's rows begin, [B].</param>
    /// <param name="rows">How many rows each example has, [B].</param>
    public OutputBatch(
        ReadOnlySpan<float> values, int outputs, ReadOnlySpan<int> examples, ReadOnlySpan<int> starts,
        ReadOnlySpan<int> rows)
    {
        _values = values;
        Outputs = outputs;
        Examples = examples;
        _starts = starts;
        _rows = rows;
    }

    /// <summary>How many tokens may run at once, if each has a row of values.</summary>
    /// <param name="outputs">Values per row, K.</param>
    /// <param name="asked">The most, 1 or more.</param>
    public static int TokensAtOnce(int outputs, int asked) => Math.Clamp(MostValues / outputs, 1, asked);

    /// <summary>Values per row, K.</summary>
    public int Outputs { get; }

    /// <summary>The places of the examples in their data set, [B].</summary>
    public ReadOnlySpan<int> Examples { get; }

    /// <summary>The number of examples, B.</summary>
    public int Count => Examples.Length;

    /// <summary>The outputs of the example at a place of the batch: [its rows, K].</summary>
    public ReadOnlySpan<float> this[int place] => _values.Slice(_starts[place] * Outputs, _rows[place] * Outputs);
}
