namespace OrtTrainer.Data;

/// <summary>
/// Labeled examples, the labels already targets: what a model is trained or evaluated on. Rows keep the order of the
/// file.
/// </summary>
internal sealed class Dataset
{
    /// <summary>All rows of a file.</summary>
    /// <param name="source">The file, as the user named it.</param>
    /// <param name="examples">The rows, N of them.</param>
    /// <param name="labels">The names of the labels; null for tasks without.</param>
    /// <param name="targets">What they are trained towards, N of them.</param>
    /// <exception cref="ArgumentException">There are not as many targets as examples.</exception>
    public Dataset(string source, IReadOnlyList<Example> examples, LabelMap? labels, TaskTargets targets)
        : this(source, examples, labels, targets, [.. Enumerable.Range(0, examples.Count)], examples.Count)
    {
    }

    private Dataset(
        string source,
        IReadOnlyList<Example> examples,
        LabelMap? labels,
        TaskTargets targets,
        int[] rows,
        int sourceCount)
    {
        if (targets.Count != examples.Count)
        {
            throw new ArgumentException($"There are {targets.Count} targets for {examples.Count} examples.");
        }

        Source = source;
        Examples = examples;
        Labels = labels;
        Targets = targets;
        SourceRows = rows;
        SourceCount = sourceCount;
    }

    /// <summary>The file the examples come from, as the user named it.</summary>
    public string Source { get; }

    /// <summary>The examples, N of them.</summary>
    public IReadOnlyList<Example> Examples { get; }

    /// <summary>The number of examples, N.</summary>
    public int Count => Examples.Count;

    /// <summary>The names of the labels; null for tasks without.</summary>
    public LabelMap? Labels { get; }

    /// <summary>What the examples are trained towards, as their file says it.</summary>
    public TaskTargets Targets { get; }

    /// <summary>The values in a row of the model's output, K: one per label, or one number.</summary>
    public int Outputs => Targets.Outputs;

    /// <summary>
    /// Which row of <see cref="Source"/> each example is, counted from 0, [N]: not all of them where a part was split
    /// off.
    /// </summary>
    public IReadOnlyList<int> SourceRows { get; }

    /// <summary>The number of rows of <see cref="Source"/>.</summary>
    public int SourceCount { get; }

    /// <summary>The examples at the given rows, in the given order.</summary>
    public Dataset Take(IReadOnlyList<int> rows) => new(
        Source,
        [.. rows.Select(row => Examples[row])],
        Labels,
        Targets.Take(rows),
        [.. rows.Select(row => SourceRows[row])],
        SourceCount);
}
