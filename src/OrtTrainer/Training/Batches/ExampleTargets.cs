using OrtTrainer.Data;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Training.Batches;

/// <summary>
/// What every example of a data set is trained towards, and how much it counts: the task's targets, and beside them
/// what a method makes of labels and teacher. R rows, one for every row of the head's output.
/// </summary>
public sealed class ExampleTargets
{
    private readonly TaskTargets _targets;

    /// <param name="targets">What the task says.</param>
    public ExampleTargets(TaskTargets targets) => _targets = targets;

    /// <summary>Outputs per row, K.</summary>
    public int Outputs => _targets.Outputs;

    /// <summary>Examples, N.</summary>
    public int Count => _targets.Count;

    /// <summary>In place of the task's own targets, [R, K]; null for those.</summary>
    public float[]? Labels { get; init => field = Checked(value, Outputs); }

    /// <summary>In place of the task's own weights, [R]; null for those.</summary>
    public float[]? Weights { get; init => field = Checked(value, 1); }

    /// <summary>What the teacher says, [R, K]: probabilities or outputs; null without one.</summary>
    public float[]? Teacher { get; private init => field = Checked(value, Outputs); }

    /// <summary>Added to the cross-entropy with the teacher, [R]; null for 0.</summary>
    public float[]? Offsets { get; private init => field = Checked(value, 1); }

    /// <summary>These targets beside a teacher's.</summary>
    /// <param name="teacher">Probabilities or outputs, [R, K].</param>
    /// <param name="offsets">Added to the cross-entropy with the teacher, [R]; null for 0.</param>
    public ExampleTargets With(float[] teacher, float[]? offsets) =>
        new(_targets) { Labels = Labels, Weights = Weights, Teacher = teacher, Offsets = offsets };

    /// <summary>Other labels with the same weights and teacher.</summary>
    public ExampleTargets WithLabels(SoftTargets labels) =>
        new(_targets) { Labels = labels.ToFloats(), Weights = Weights, Teacher = Teacher, Offsets = Offsets };

    /// <summary>How many rows an example has.</summary>
    public int RowsOf(int example) => _targets.FirstRow(example + 1) - _targets.FirstRow(example);

    /// <summary>How much an example counts: the sum of its rows' weights.</summary>
    public double WeightOf(int example)
    {
        double weight = 0;
        for (int row = _targets.FirstRow(example); row < _targets.FirstRow(example + 1); row++)
        {
            weight += WeightOfRow(row);
        }

        return weight;
    }

    /// <summary>Writes the rows of an example.</summary>
    /// <param name="example">From 0 to N - 1.</param>
    /// <param name="labels">Receives its labels, [rows, K].</param>
    /// <param name="teacher">Receives what the teacher says, [rows, K]; zeros without one.</param>
    /// <param name="offsets">Receives what is added to the cross-entropy with the teacher, [rows].</param>
    /// <param name="weights">Receives the weights, [rows].</param>
    public void Write(
        int example, Span<float> labels, Span<float> teacher, Span<float> offsets, Span<float> weights)
    {
        int first = _targets.FirstRow(example);
        if (Labels is null)
        {
            _targets.Write(example, labels);
        }
        else
        {
            Labels.AsSpan(first * Outputs, labels.Length).CopyTo(labels);
        }

        CopyOrClear(Teacher, first * Outputs, teacher);
        CopyOrClear(Offsets, first, offsets);
        for (int row = 0; row < weights.Length; row++)
        {
            weights[row] = WeightOfRow(first + row);
        }
    }

    private float WeightOfRow(int row) => Weights is null ? _targets.Weight(row) : Weights[row];

    private static void CopyOrClear(float[]? values, int start, Span<float> target)
    {
        if (values is null)
        {
            target.Clear();
        }
        else
        {
            values.AsSpan(start, target.Length).CopyTo(target);
        }
    }

    private float[]? Checked(float[]? values, int width)
    {
        int rows = _targets.FirstRow(Count);
        return values is null || values.Length == (long)rows * width
            ? values
            : throw new ArgumentException(
                $"There are {values.Length} values for {rows} rows of {width}; expected {(long)rows * width}.");
    }
}
