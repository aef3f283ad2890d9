using OrtTrainer.Data;

namespace OrtTrainer.Training.Batches;

/// <summary>
/// What the examples of a data set are trained towards, and how much they count: the task's targets, or what a method
/// makes of them. R rows, one for every row of the head's output.
/// </summary>
/// <param name="targets">What the task says.</param>
internal sealed class ExampleTargets(TaskTargets targets)
{
    /// <summary>Outputs per row, K.</summary>
    public int Outputs => targets.Outputs;

    /// <summary>Examples, N.</summary>
    public int Count => targets.Count;

    /// <summary>In place of the task's own labels, [R, K]; null for those.</summary>
    public float[]? Labels { get; init => field = Checked(value, Outputs); }

    /// <summary>In place of the task's own weights, [R]; null for those.</summary>
    public float[]? Weights { get; init => field = Checked(value, 1); }

    /// <summary>Other labels with the same weights.</summary>
    /// <param name="labels">[R, K].</param>
    public ExampleTargets WithLabels(float[] labels) => new(targets) { Labels = labels, Weights = Weights };

    /// <summary>The place of an example's first row among all rows; of <see cref="Count"/>, their number R.</summary>
    public int FirstRow(int example) => targets.FirstRow(example);

    /// <summary>Writes the labels of a row, [K].</summary>
    public void Write(int row, Span<float> labels)
    {
        if (Labels is null)
        {
            targets.Write(row, labels);
        }
        else
        {
            Labels.AsSpan(row * Outputs, Outputs).CopyTo(labels);
        }
    }

    /// <summary>The class of a row; 0 where it is ignored, whose weight is 0.</summary>
    /// <exception cref="InvalidCastException">The targets are not one class per row.</exception>
    public int Id(int row) => Math.Max(0, ((CategoricalTargets)targets).Ids[row]);

    /// <summary>How much a row counts.</summary>
    public float Weight(int row) => Weights is null ? targets.Weight(row) : Weights[row];

    private float[]? Checked(float[]? values, int width)
    {
        int rows = targets.FirstRow(Count);
        return values is null || values.Length == (long)rows * width
            ? values
            : throw new ArgumentException(
                $"There are {values.Length} values for {rows} rows of {width}; expected {(long)rows * width}.");
    }
}
