namespace OrtTrainer.Models;

/// <summary>All outputs of a head that answers once per sequence, side by side.</summary>
/// <param name="examples">N.</param>
/// <param name="outputs">K.</param>
internal sealed class OutputTable(int examples, int outputs) : IOutputSink
{
    /// <summary>[N, K].</summary>
    public float[] Values { get; } = new float[(long)examples * outputs];

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The head gives other outputs.</exception>
    public void Add(OutputBatch batch)
    {
        for (int i = 0; i < batch.Count; i++)
        {
            if (batch[i].Length != outputs)
            {
                throw new ArgumentException(
                    $"An example has {batch[i].Length} outputs; expected {outputs}, one row per sequence.");
            }

            batch[i].CopyTo(Values.AsSpan(batch.Examples[i] * outputs));
        }
    }

    /// <summary>Gives the table to another sink, as one batch.</summary>
    public void CopyTo(IOutputSink sink)
    {
        int[] places = [.. Enumerable.Range(0, examples)];
        int[] ones = new int[examples];
        Array.Fill(ones, 1);
        sink.Add(new OutputBatch(Values, outputs, places, places, ones));
    }
}
