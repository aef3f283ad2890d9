namespace OrtTrainer.Data;

/// <summary>One row of a data set as the task sees it. A task whose rows hold more has a record derived from
/// this.</summary>
/// <param name="Text">The text, as written in the file.</param>
/// <param name="Pair">The second text of a pair task, or null.</param>
/// <param name="Label">The label field as written, or null where the data has none.</param>
/// <param name="Line">The 1-based line the row starts on; 0 where it comes from no file.</param>
internal record Example(string Text, string? Pair = null, string? Label = null, int Line = 0)
{
    /// <summary>What the example is beside its texts, such as the bytes of an image; null for texts alone.</summary>
    public virtual byte[]? Attachment => null;

    /// <summary>How often it is drawn, in proportion; null where examples are not drawn by weights.</summary>
    public double? SampleWeight { get; init; }

    /// <summary>What its loss is multiplied with; null for 1.</summary>
    public double? LossWeight { get; init; }

    /// <summary>The file of the row, where several are read as one; null for the only one.</summary>
    public string? SourceFile { get; init; }

    /// <summary>Its line, and its file where several are read as one.</summary>
    public string SourcePlace => SourceFile is null ? $"line {Line}" : $"line {Line} of {SourceFile}";

    /// <summary>What it has in common with examples that are held out together; null where data have no
    /// groups.</summary>
    public string? Group { get; init; }

    /// <summary>Whether numbers in the row's fields may have a decimal comma.</summary>
    public bool DecimalComma { get; init; }
}
