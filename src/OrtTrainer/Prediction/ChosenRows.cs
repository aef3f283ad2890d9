using OrtTrainer.Models;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Prediction;

/// <summary>
/// Passes on the rows of the tokens that examples choose (<see cref="TokenizedExample.OutputTokens"/>), of a graph that
/// answers for every token.
/// </summary>
/// <param name="sink">Takes in those rows.</param>
/// <param name="examples">The data set; every example chooses tokens.</param>
internal sealed class ChosenRows(IOutputSink sink, IReadOnlyList<TokenizedExample> examples) : IOutputSink
{
    public void Add(OutputBatch batch)
    {
        int[][] chosen = new int[batch.Count][];
        int[] starts = new int[batch.Count];
        int[] rows = new int[batch.Count];
        for (int i = 0, next = 0; i < chosen.Length; next += rows[i++])
        {
            chosen[i] = examples[batch.Examples[i]].OutputTokens!;
            (starts[i], rows[i]) = (next, chosen[i].Length);
        }

        int width = batch.Outputs;
        float[] values = new float[(long)rows.Sum() * width];
        for (int i = 0; i < chosen.Length; i++)
        {
            ReadOnlySpan<float> all = batch[i];
            for (int row = 0; row < chosen[i].Length; row++)
            {
                all.Slice(chosen[i][row] * width, width).CopyTo(values.AsSpan((starts[i] + row) * width));
            }
        }

        sink.Add(new OutputBatch(values, width, batch.Examples, starts, rows));
    }
}
