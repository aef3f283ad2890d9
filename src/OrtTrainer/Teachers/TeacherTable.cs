using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Models;
using OrtTrainer.Tasks;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Teachers;

/// <summary>The table that a teacher's outputs make: a row per example, or rows of tokens.</summary>
/// <param name="Rows">Rows.</param>
/// <param name="Kind">What the table is called where it is kept.</param>
/// <param name="Texts">The hash of what the rows are of.</param>
/// <param name="Form">How it is kept.</param>
internal sealed record TeacherTable(int Rows, string Kind, string Texts, TableForm Form)
{
    /// <summary>The data as the teacher reads them, and where the rows of its tokens are; null where a row is an
    /// example.</summary>
    public (EncodedDataset Data, TokenRows Rows)? Tokens { get; private init; }

    /// <summary>What a person should know of the size before the teacher runs; null where it is small.</summary>
    public string? Size { get; private init; }

    /// <summary>A row of float32 per example.</summary>
    public static TeacherTable OfExamples(Dataset data) =>
        new(data.Count, "logits", TextHash.Of(data), new FloatTable(data.Count, data.Outputs));

    /// <summary>Rows of tokens, in half precision.</summary>
    /// <param name="task">Says which tokens have rows.</param>
    /// <param name="data">The data as the teacher reads them.</param>
    /// <param name="top">How many logits of a distribution are kept; null for all.</param>
    /// <exception cref="RunException">So many outputs cannot be told apart by what is kept.</exception>
    public static TeacherTable OfTokens(ModelTask task, EncodedDataset data, int? top)
    {
        TokenRows rows = task.TeacherRows(data);
        int outputs = data.Targets.Outputs;
        TableForm form = top is not { } k
            ? new HalfTable(rows.Count, outputs)
            : new TopTable(task.Distribution.IsAcrossRows
                ? LogitSlice.OfWindows(rows.OfInputs.Select(input => input.Length), outputs)
                : LogitSlice.OfRows(rows.Count, outputs), k);
        string largest = top is null ? "" : $"the largest {top} of each distribution, ";
        return new(rows.Count, "token_logits", TextHash.Of(data.Inputs, rows), form)
        {
            Tokens = (data, rows),
            Size = FormattableString.Invariant($"teacher: {rows.Count:N0} rows x {outputs} outputs, {largest}")
                + FormattableString.Invariant($"{form.Bytes / 1e6:0.0} MB kept in half precision"),
        };
    }
}
