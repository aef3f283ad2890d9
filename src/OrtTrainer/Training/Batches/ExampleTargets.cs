using OrtTrainer.Training.Loss;

namespace OrtTrainer.Training.Batches;

/// <summary>What every example of a data set is trained towards, and how much it counts.</summary>
public sealed class ExampleTargets
{
    private readonly float[] _labels;
    private readonly float[] _teacher;
    private readonly float[] _offsets;
    private readonly float[] _weights;

    /// <param name="outputs">K.</param>
    /// <param name="labels">Class probabilities, 0/1 per label, or values: [N, K].</param>
    /// <param name="weights">How much each counts, [N]; null for 1.</param>
    /// <param name="teacher">What the teacher says, [N, K]: probabilities or outputs; null without one.</param>
    /// <param name="offsets">Added to the cross-entropy with the teacher, [N]; null for 0.</param>
    /// <exception cref="ArgumentException">Lengths differ.</exception>
    public ExampleTargets(
        int outputs, float[] labels, float[]? weights = null, float[]? teacher = null, float[]? offsets = null)
    {
        Outputs = outputs;
        Count = labels.Length / outputs;
        _labels = labels;
        _weights = weights ?? [.. Enumerable.Repeat(1f, Count)];
        _teacher = teacher ?? new float[labels.Length];
        _offsets = offsets ?? new float[Count];
        if (_teacher.Length != labels.Length || _weights.Length != Count || _offsets.Length != Count)
        {
            throw new ArgumentException($"There are {labels.Length} label and {_teacher.Length} teacher targets, " +
                $"{_weights.Length} weights and {_offsets.Length} offsets for {Count} examples of {outputs} outputs.");
        }
    }

    /// <summary>Outputs per example, K.</summary>
    public int Outputs { get; }

    /// <summary>Examples, N.</summary>
    public int Count { get; }

    /// <summary>Targets that are distributions, with their row weights.</summary>
    public static ExampleTargets Of(SoftTargets labels) => new(
        labels.Classes, Floats(labels), [.. Enumerable.Range(0, labels.Rows).Select(i => (float)labels.Weight(i))]);

    /// <summary>The targets the examples themselves have.</summary>
    public static ExampleTargets Of(IReadOnlyList<TokenizedExample> examples) =>
        new(examples[0].Targets.Length, [.. examples.SelectMany(e => e.Targets)]);

    /// <summary>These targets beside a teacher's.</summary>
    /// <param name="teacher">Probabilities or outputs, [N, K].</param>
    /// <param name="offsets">Added to the cross-entropy with the teacher, [N]; null for 0.</param>
    public ExampleTargets With(float[] teacher, float[]? offsets) =>
        new(Outputs, _labels, _weights, teacher, offsets);

    /// <summary>These targets beside a teacher's distributions.</summary>
    /// <param name="teacher">N rows of K; its row weights are not used.</param>
    /// <param name="divergence">Whether its entropy is taken off, which makes the cross-entropy a divergence.</param>
    public ExampleTargets With(SoftTargets teacher, bool divergence) => With(
        Floats(teacher),
        divergence ? [.. Enumerable.Range(0, teacher.Rows).Select(i => (float)-teacher.RowEntropy(i))] : null);

    /// <summary>Other labels with the same weights and teacher.</summary>
    public ExampleTargets WithLabels(SoftTargets labels) =>
        new(Outputs, Floats(labels), _weights, _teacher, _offsets);

    /// <summary>[K].</summary>
    public ReadOnlySpan<float> Labels(int example) => _labels.AsSpan(example * Outputs, Outputs);

    /// <summary>[K].</summary>
    public ReadOnlySpan<float> Teacher(int example) => _teacher.AsSpan(example * Outputs, Outputs);

    public float Offset(int example) => _offsets[example];

    public float Weight(int example) => _weights[example];

    private static float[] Floats(SoftTargets targets)
    {
        float[] values = new float[targets.Rows * targets.Classes];
        for (int row = 0; row < targets.Rows; row++)
        {
            for (int k = 0; k < targets.Classes; k++)
            {
                values[(row * targets.Classes) + k] = (float)targets.Row(row)[k];
            }
        }

        return values;
    }
}
