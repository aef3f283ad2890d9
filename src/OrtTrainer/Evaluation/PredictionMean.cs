using OrtTrainer.Models;

namespace OrtTrainer.Evaluation;

/// <summary>
/// The mean of what several models predict for examples with one row of outputs each (a Bayesian model average).
/// </summary>
/// <param name="examples">N.</param>
/// <param name="outputs">K.</param>
internal abstract class PredictionMean(int examples, int outputs) : IOutputSink
{
    private readonly int[] _models = new int[examples];

    /// <inheritdoc/>
    public void Add(OutputBatch batch)
    {
        for (int i = 0; i < batch.Count; i++)
        {
            int example = batch.Examples[i];
            _models[example]++;
            Add(example * outputs, batch[i]);
        }
    }

    /// <summary>Gives outputs that stand for the mean to a sink.</summary>
    /// <exception cref="InvalidOperationException">An example has no outputs yet.</exception>
    public void CopyTo(IOutputSink sink)
    {
        OutputTable table = new(examples, outputs);
        for (int example = 0; example < examples; example++)
        {
            if (_models[example] == 0)
            {
                throw new InvalidOperationException($"No model has predicted example {example}.");
            }

            int at = example * outputs;
            Mean(at, _models[example], table.Values.AsSpan(at, outputs));
        }

        table.CopyTo(sink);
    }

    /// <summary>Adds one model's outputs for an example.</summary>
    /// <param name="at">The place of the example's first output among all, N x K.</param>
    /// <param name="row">The outputs, [K].</param>
    protected abstract void Add(int at, ReadOnlySpan<float> row);

    /// <summary>Writes outputs that stand for the mean prediction of an example.</summary>
    /// <param name="at">The place of the example's first output among all, N x K.</param>
    /// <param name="models">How many models were added, 1 or more.</param>
    /// <param name="row">Receives the outputs, [K].</param>
    protected abstract void Mean(int at, int models, Span<float> row);

    /// <summary>A sum for every output, [N x K], each starting at <paramref name="start"/>.</summary>
    protected double[] Sums(double start)
    {
        double[] sums = new double[examples * outputs];
        Array.Fill(sums, start);
        return sums;
    }

    /// <summary>log(e^a + e^b); b is finite.</summary>
    protected static double LogSum(double a, double b) =>
        Math.Max(a, b) + Math.Log(1 + Math.Exp(-Math.Abs(a - b)));
}
