namespace OrtTrainer.Reports;

/// <summary>
/// A table as text: what a report prints, and what a chart shows for those who do not see it. The first column names
/// the rows and is aligned left, as are those in <see cref="TextColumns"/>; the others hold numbers.
/// </summary>
/// <param name="Caption">What the table shows.</param>
/// <param name="Header">A name for each column.</param>
/// <param name="Rows">Rows of as many cells.</param>
internal sealed record ReportTable(
    string Caption, IReadOnlyList<string> Header, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    /// <summary>Columns of words, counted from 0, beside the first.</summary>
    public IReadOnlyList<int> TextColumns { get; init; } = [];

    /// <summary>Rows that stand out, counted from 0.</summary>
    public IReadOnlyList<int> EmphasizedRows { get; init; } = [];

    /// <summary>Whether the column holds words.</summary>
    public bool IsText(int column) => column == 0 || TextColumns.Contains(column);
}
