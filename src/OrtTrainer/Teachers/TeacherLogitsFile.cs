using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Data;

namespace OrtTrainer.Teachers;

/// <summary>
/// Logits in a file, made by this program or elsewhere: <c>.safetensors</c> with a tensor <c>logits</c> [rows, K] of
/// any float type, or a table (<c>.csv</c>, <c>.tsv</c>) with a header of label names and a number per label in every
/// row. A row belongs to each row of the training file, in its order; where a part of that file is split off for
/// evaluation, its rows are there too, and are not used. A safetensors file may also have <c>labels</c> in its
/// metadata, a JSON array of names by which columns are matched, and an int64 tensor <c>row_hash</c> [rows] that
/// this program writes, by which changed or moved rows of the training file are noticed.
/// </summary>
internal static class TeacherLogitsFile
{
    /// <summary>Writes logits in a form that <see cref="TeacherOptions.Logits"/> takes, by the extension.</summary>
    /// <param name="path">A file ending in .safetensors, .csv or .tsv; replaced if it is there.</param>
    /// <param name="logits">The logits of all rows of a file.</param>
    /// <param name="data">Those rows.</param>
    /// <exception cref="DataFileException">The extension is none of these, or a label's name does not fit a
    /// table.</exception>
    /// <exception cref="ArgumentException">The logits are of other data.</exception>
    /// <exception cref="FileWriteException">The disk is full or the folder may not be written.</exception>
    public static void Write(string path, TeacherLogits logits, Dataset data)
    {
        if (logits.Rows != data.Count || logits.Outputs != data.Outputs)
        {
            throw new ArgumentException($"The logits are [{logits.Rows}, {logits.Outputs}]; the data need " +
                $"[{data.Count}, {data.Outputs}].", nameof(logits));
        }

        if (IsTensors(path))
        {
            LogitsOrigin origin = new(
                logits.Report.Name, logits.Report.MaxLength, logits.Report.Cost, TeacherKey.CurrentVersion);
            LogitsTensors.Write(path, new LogitsContent(
                logits.Values, data.Count, data.Outputs, data.Labels?.Names, TextHash.Rows(data), origin));
        }
        else
        {
            LogitsTable.Write(path, logits.Values, data.Labels?.Names ?? ["prediction"]);
        }
    }

    /// <summary>Whether a path has an extension that this reads and writes.</summary>
    public static bool IsKnown(string path) => IsTensors(path) || LogitsTable.Delimiter(path) is not null;

    /// <summary>What a file says of the data's rows, in the order of the data's labels.</summary>
    /// <param name="path">The file.</param>
    /// <param name="data">The data.</param>
    /// <param name="cancellation">Stops between two blocks of a table.</param>
    /// <returns>The logits as if of exactly these rows, and what had to be assumed, or null.</returns>
    /// <exception cref="DataFileException">It has other rows than the data's file, or a value that is no
    /// number.</exception>
    /// <exception cref="RunException">It has other labels.</exception>
    /// <exception cref="CheckpointException">It is damaged.</exception>
    internal static (LogitsContent Content, string? Assumption) Read(
        string path, Dataset data, CancellationToken cancellation = default)
    {
        LogitsContent content = IsTensors(path) ? LogitsTensors.Read(path) : LogitsTable.Read(path, cancellation);
        CheckRows(path, content, data);
        (int[] order, string? assumption) = Order(path, content, data);
        float[] values = new float[data.Count * data.Outputs];
        for (int i = 0; i < data.Count; i++)
        {
            int start = data.SourceRows[i] * data.Outputs;
            content.Values.AsSpan(start, data.Outputs).CopyTo(values.AsSpan(i * data.Outputs));
        }

        int broken = Array.FindIndex(values, value => !float.IsFinite(value));
        return broken < 0
            ? (content with { Values = LabelOrder.Reorder(values, order), Rows = data.Count }, assumption)
            : throw new DataFileException(path, null,
                $"the logits of row {data.SourceRows[broken / data.Outputs] + 1} hold {values[broken]}; expected " +
                "numbers. Run the teacher again.");
    }

    private static void CheckRows(string path, LogitsContent content, Dataset data)
    {
        if (content.Rows != data.SourceCount)
        {
            string split = data.Count < data.SourceCount
                ? $" (the {data.SourceCount - data.Count} that are split off to evaluate on included)"
                : "";
            throw new DataFileException(path, null, $"there are logits for {content.Rows} rows; expected " +
                $"{data.SourceCount}, one for every row of {data.Source}{split}, in its order.");
        }

        if (content.RowHashes is not { } hashes)
        {
            return;
        }

        long[] own = TextHash.Rows(data);
        for (int i = 0; i < own.Length; i++)
        {
            if (own[i] != hashes[data.SourceRows[i]])
            {
                throw new DataFileException(path, null, $"its row {data.SourceRows[i] + 1} was made of another text " +
                    $"than the one on line {data.Examples[i].Line} of {data.Source}: the data have changed since, or " +
                    "the file belongs to others. Run the teacher again.");
            }
        }
    }

    private static (int[] Order, string? Assumption) Order(string path, LogitsContent content, Dataset data)
    {
        if (data.Labels is { } labels && content.Labels is { } names)
        {
            return (LabelOrder.Match(path, names, labels), null);
        }

        if (content.Outputs != data.Outputs)
        {
            throw new DataFileException(path, null, $"there are {content.Outputs} logits per row; expected " +
                $"{data.Outputs}, {(data.Labels is null ? "the number to predict" : "one per label")}.");
        }

        return ([.. Enumerable.Range(0, data.Outputs)], data.Labels is null
            ? null
            : $"{path} names no labels; its columns are taken for {string.Join(", ", data.Labels.Names)}, in this " +
              "order.");
    }

    private static bool IsTensors(string path) =>
        Path.GetExtension(path).Equals(LogitsTensors.Extension, StringComparison.OrdinalIgnoreCase);
}
