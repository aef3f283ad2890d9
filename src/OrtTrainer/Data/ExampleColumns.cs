namespace OrtTrainer.Data;

/// <summary>Which columns of a table make an <see cref="Example"/>, and how their fields are read.</summary>
/// <param name="Text">The column of the text.</param>
/// <param name="Pair">The column of the second text, or null for single texts.</param>
/// <param name="Label">The column of the label, or null for rows without labels.</param>
/// <param name="LabelSeparator">What joins several labels in one field.</param>
internal sealed record ExampleColumns(
    string Text = "text", string? Pair = null, string? Label = null, string LabelSeparator = "|")
{
    /// <summary>Whether every token of a tagged word has its tag, not the first alone.</summary>
    public bool TagsEveryToken { get; init; }

    /// <summary>Whether a null stands for an empty text; else it is refused.</summary>
    public bool TakesNullTexts { get; init; }

    /// <summary>The column of the group; null for data without groups.</summary>
    public string? Group { get; init; }

    /// <summary>Picks the columns out of a row.</summary>
    /// <exception cref="DataFileException">A column is absent, or holds no text where one is to be.</exception>
    public Example Of(DataRow row)
    {
        row = AnnotationExport.IsTask(row) ? AnnotationExport.Flat(row, Label) : row;
        return new(
            TextOf(row, Text),
            Pair is null ? null : TextOf(row, Pair),
            Label is null ? null : AnnotationExport.LabelOf(row, Label),
            row.Line)
        {
            Group = Group is null ? null : row.Text(Group),
            DecimalComma = row.Columns.DecimalComma,
        };
    }

    private string TextOf(DataRow row, string column) =>
        TakesNullTexts && row.KindOf(column) == FieldKind.Null ? "" : row.Text(column);
}
