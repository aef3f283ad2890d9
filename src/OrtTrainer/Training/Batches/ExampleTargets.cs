using OrtTrainer.Training.Loss;

namespace OrtTrainer.Training.Batches;

/// <summary>
/// What the examples of a data set are trained towards, and how much they count: R rows, one for every row of the
/// head's output.
/// </summary>
public sealed class ExampleTargets
{
    private readonly float[] _labels;
    private readonly float[] _weights;

    /// <param name="outputs">K.</param>
    /// <param name="labels">Class probabilities, 0/1 per label, or values: [N, K].</param>
    /// <param name="weights">How much each counts, [N]; null for 1.</param>
    /// <exception cref="ArgumentException">Lengths differ.</exception>
    public ExampleTargets(int outputs, float[] labels, float[]? weights = null)
    {
        Outputs = outputs;
        Count = labels.Length / outputs;
        _labels = labels;
        _weights = weights ?? [.. Enumerable.Repeat(1f, Count)];
        if (labels.Length != (long)Count * outputs || _weights.Length != Count)
        {
            throw new ArgumentException($"There are {labels.Length} targets and {_weights.Length} weights for " +
                $"{Count} examples of {outputs} outputs.");
        }
    }

    /// <summary>Outputs per row, K.</summary>
    public int Outputs { get; }

    /// <summary>Examples, N.</summary>
    public int Count { get; }

    /// <summary>Targets that are distributions, with their row weights.</summary>
    public static ExampleTargets Of(SoftTargets labels) => new(
        labels.Classes, labels.ToFloats(),
        [.. Enumerable.Range(0, labels.Rows).Select(i => (float)labels.Weight(i))]);

    /// <summary>The targets the examples themselves have.</summary>
    public static ExampleTargets Of(IReadOnlyList<TokenizedExample> examples) =>
        new(examples[0].Targets.Length, [.. examples.SelectMany(e => e.Targets)]);

    /// <summary>Other labels with the same weights.</summary>
    public ExampleTargets WithLabels(SoftTargets labels) => new(Outputs, labels.ToFloats(), _weights);

    /// <summary>The place of an example's first row among all rows; of <see cref="Count"/>, their number R.</summary>
    public int FirstRow(int example) => example;

    /// <summary>The labels of a row, [K].</summary>
    public ReadOnlySpan<float> Labels(int row) => _labels.AsSpan(row * Outputs, Outputs);

    /// <summary>How much a row counts.</summary>
    public float Weight(int row) => _weights[row];
}
