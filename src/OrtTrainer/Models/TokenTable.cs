namespace OrtTrainer.Models;

/// <summary>Outputs of a head that answers per token, as rows of a table; rows that no token has are 0.</summary>
/// <param name="rows">Where the rows are.</param>
/// <param name="outputs">K.</param>
internal sealed class TokenTable(TokenRows rows, int outputs) : IOutputSink
{
    /// <summary>Rows of K values.</summary>
    public float[] Values { get; } = new float[(long)rows.Count * outputs];

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The head gives other outputs.</exception>
    public void Add(OutputBatch batch)
    {
        for (int i = 0; i < batch.Count; i++)
        {
            int[] places = rows.OfInputs[batch.Examples[i]];
            ReadOnlySpan<float> values = batch[i];
            if (values.Length != places.Length * outputs)
            {
                throw new ArgumentException(
                    $"An input of {places.Length} tokens has {values.Length} outputs; expected {outputs} per token.");
            }

            for (int token = 0; token < places.Length; token++)
            {
                if (places[token] != TokenRows.None)
                {
                    values.Slice(token * outputs, outputs).CopyTo(Values.AsSpan(places[token] * outputs));
                }
            }
        }
    }
}
