using OrtTrainer.Models;

namespace OrtTrainer.Tests.Generation;

/// <summary>Keeps the last row of what a model gives for one example.</summary>
/// <param name="vocabulary">Values of the row.</param>
internal sealed class LastRow(int vocabulary) : IOutputSink
{
    private float[] _row = [];

    /// <summary>The logarithms of the probabilities of the tokens.</summary>
    public double[] LogProbabilities()
    {
        double largest = _row.Max();
        double sum = largest + Math.Log(_row.Sum(value => Math.Exp(value - largest)));
        return [.. _row.Select(value => value - sum)];
    }

    public void Add(OutputBatch batch) => _row = batch[0][^vocabulary..].ToArray();
}
