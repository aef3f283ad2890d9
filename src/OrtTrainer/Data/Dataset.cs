using OrtTrainer.Common;

namespace OrtTrainer.Data;

/// <summary>
/// Labelled examples, the labels already numbers: what a model is trained or evaluated on. Rows keep the order of the
/// file.
/// </summary>
public sealed class Dataset
{
    private Dataset(
        string source,
        TaskKind task,
        LabelMap? labels,
        IReadOnlyList<Example> examples,
        int[] ids,
        float[] targets,
        int[] rows,
        int sourceCount)
    {
        Source = source;
        Task = task;
        Labels = labels;
        Examples = examples;
        LabelIds = ids;
        Targets = targets;
        SourceRows = rows;
        SourceCount = sourceCount;
    }

    /// <summary>The file the examples come from, as the user named it.</summary>
    public string Source { get; }

    /// <summary>What the labels are.</summary>
    public TaskKind Task { get; }

    /// <summary>The names of the labels; null for regression.</summary>
    public LabelMap? Labels { get; }

    /// <summary>The examples, N of them.</summary>
    public IReadOnlyList<Example> Examples { get; }

    /// <summary>The number of examples, N.</summary>
    public int Count => Examples.Count;

    /// <summary>The number of the model's outputs, K: one per label, or one for regression.</summary>
    public int Outputs => Labels?.Count ?? 1;

    /// <summary>Classification: the label ids, [N]. Empty otherwise.</summary>
    public IReadOnlyList<int> LabelIds { get; }

    /// <summary>
    /// Multi-label: 1 where a label applies and 0 elsewhere, [N, K], row by row. Regression: the numbers, [N]. Empty
    /// otherwise.
    /// </summary>
    public IReadOnlyList<float> Targets { get; }

    /// <summary>
    /// Which row of <see cref="Source"/> each example is, counted from 0, [N]: not all of them where a part was split
    /// off.
    /// </summary>
    public IReadOnlyList<int> SourceRows { get; }

    /// <summary>The number of rows of <see cref="Source"/>.</summary>
    public int SourceCount { get; }

    /// <summary>Turns the label fields of examples into numbers.</summary>
    /// <param name="source">The file the examples come from, for messages.</param>
    /// <param name="examples">The rows, each with a label.</param>
    /// <param name="task">What the labels are.</param>
    /// <param name="labels">The names of the labels; ignored for regression.</param>
    /// <param name="separator">What joins several labels in one field.</param>
    /// <exception cref="DataFileException">No rows, or a row whose label is empty, malformed or unknown.</exception>
    public static Dataset Of(
        string source,
        IReadOnlyList<Example> examples,
        TaskKind task,
        LabelMap? labels,
        string separator = "|")
    {
        if (examples.Count == 0)
        {
            throw new DataFileException(source, null, "there are no rows in it; expected at least one example.");
        }

        if (task == TaskKind.Regression)
        {
            float[] numbers = [.. examples.Select(example => LabelFields.Number(example, source))];
            return Whole(source, task, null, examples, [], numbers);
        }

        ArgumentNullException.ThrowIfNull(labels);
        int[] ids = task == TaskKind.Classification ? new int[examples.Count] : [];
        float[] targets = task == TaskKind.MultiLabel ? new float[examples.Count * labels.Count] : [];
        for (int row = 0; row < examples.Count; row++)
        {
            foreach (string name in LabelFields.Names(examples[row], source, task, separator))
            {
                int id = Known(labels, name, source, examples[row].Line);
                if (task == TaskKind.Classification)
                {
                    ids[row] = id;
                }
                else
                {
                    targets[(row * labels.Count) + id] = 1;
                }
            }
        }

        return Whole(source, task, labels, examples, ids, targets);
    }

    /// <summary>The examples at the given rows, in the given order.</summary>
    public Dataset Take(IReadOnlyList<int> rows) => new(
        Source,
        Task,
        Labels,
        [.. rows.Select(row => Examples[row])],
        LabelIds.Count == 0 ? [] : [.. rows.Select(row => LabelIds[row])],
        Targets.Count == 0 ? [] : [.. rows.SelectMany(row => Targets.Skip(row * Outputs).Take(Outputs))],
        [.. rows.Select(row => SourceRows[row])],
        SourceCount);

    private static Dataset Whole(
        string source, TaskKind task, LabelMap? labels, IReadOnlyList<Example> examples, int[] ids, float[] targets) =>
        new(source, task, labels, examples, ids, targets, [.. Enumerable.Range(0, examples.Count)], examples.Count);

    private static int Known(LabelMap labels, string name, string source, int line)
    {
        const int MaximumListed = 50;
        int id = labels.IdOf(name);
        if (id >= 0)
        {
            return id;
        }

        string meant = NearestName.Of(name, labels.Names) is { } near ? $" Did you mean '{near}'?" : string.Empty;
        string more = labels.Count > MaximumListed ? $" and {labels.Count - MaximumListed} more" : string.Empty;
        throw new DataFileException(
            source,
            line,
            $"the label '{name}' is not known from the training data or the model.{meant} "
            + $"Known labels: {string.Join(", ", labels.Names.Take(MaximumListed))}{more}.");
    }
}
