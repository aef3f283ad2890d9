namespace OrtTrainer.Data;

/// <summary>
/// What the examples of a data set are trained towards, kept once and in the form its task has: class ids, sets of
/// labels, numbers. An example has one row of targets for every row of the head's output: one where the head answers
/// per sequence, one per token where it answers per token.
/// </summary>
internal abstract class TaskTargets
{
    /// <summary>The number of examples, N.</summary>
    public abstract int Count { get; }

    /// <summary>The values in a row of the head's output, K.</summary>
    public abstract int Outputs { get; }

    /// <summary>How many examples, one after another, stay together in a batch, as the texts of a pair do.</summary>
    public virtual int GroupSize => 1;

    /// <summary>
    /// The place of an example's first row among the rows of all examples; of <see cref="Count"/>, their number R.
    /// </summary>
    public virtual int FirstRow(int example) => example;

    /// <summary>Writes a row of targets as the loss takes them.</summary>
    /// <param name="row">Its place among the rows of all examples.</param>
    /// <param name="values">Receives probabilities of classes, 0 or 1 per label, or values: [K].</param>
    public abstract void Write(int row, Span<float> values);

    /// <summary>How much a row counts in the loss: 0 where it is to be ignored.</summary>
    /// <param name="row">Its place among the rows of all examples.</param>
    public virtual float Weight(int row) => 1;

    /// <summary>The targets of the given examples, in the given order.</summary>
    public abstract TaskTargets Take(IReadOnlyList<int> examples);

    /// <summary>
    /// The examples in groups of like targets, each of which a split divides in the same proportion; in an order that
    /// depends on the targets alone. One group by default.
    /// </summary>
    public virtual IReadOnlyList<int[]> Strata() => [[.. Enumerable.Range(0, Count)]];

    /// <summary>What a report on the data says of the targets.</summary>
    /// <param name="labels">The names of the labels; null for tasks without.</param>
    public abstract TargetSummary Summarize(LabelMap? labels);

    /// <summary>Rows of an array [N, width].</summary>
    private protected static T[] TakeRows<T>(T[] values, int width, IReadOnlyList<int> rows)
    {
        T[] taken = new T[rows.Count * width];
        for (int i = 0; i < rows.Count; i++)
        {
            values.AsSpan(rows[i] * width, width).CopyTo(taken.AsSpan(i * width));
        }

        return taken;
    }
}
