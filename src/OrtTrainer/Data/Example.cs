namespace OrtTrainer.Data;

/// <summary>One row of a data set as the task sees it.</summary>
/// <param name="Text">The text, as written in the file.</param>
/// <param name="Pair">The second text of a pair task, or null.</param>
/// <param name="Label">The label field as written, or null where the data has none.</param>
/// <param name="Line">The 1-based line the row starts on.</param>
public sealed record Example(string Text, string? Pair, string? Label, int Line)
{
    /// <summary>Whether numbers in the row's fields may have a decimal comma.</summary>
    public bool DecimalComma { get; init; }
}
