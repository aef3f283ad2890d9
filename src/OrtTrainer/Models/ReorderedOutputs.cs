namespace OrtTrainer.Models;

/// <summary>Gives outputs to another sink with the values of every row in another order.</summary>
/// <param name="sink">Takes them in.</param>
/// <param name="order">For each value of a row given on, its place in the row that comes, [K].</param>
internal sealed class ReorderedOutputs(IOutputSink sink, IReadOnlyList<int> order) : IOutputSink
{
    /// <inheritdoc/>
    public void Add(OutputBatch batch)
    {
        List<float> values = [];
        int[] starts = new int[batch.Count];
        int[] rows = new int[batch.Count];
        for (int i = 0; i < batch.Count; i++)
        {
            ReadOnlySpan<float> own = batch[i];
            starts[i] = values.Count / order.Count;
            rows[i] = own.Length / order.Count;
            for (int at = 0; at < own.Length; at++)
            {
                int k = at % order.Count;
                values.Add(own[at - k + order[k]]);
            }
        }

        sink.Add(new OutputBatch(values.ToArray(), order.Count, batch.Examples, starts, rows));
    }
}
