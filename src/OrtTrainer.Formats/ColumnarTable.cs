namespace OrtTrainer.Formats;

/// <summary>A table of a format that knows the types of its columns.</summary>
/// <param name="Columns">The names of the columns, K of them.</param>
/// <param name="Metadata">What is written beside the table, by key.</param>
/// <param name="Rows">
/// The rows in order, each [K], read as they are asked for. A value is null, a string, a bool, a number, a
/// <see cref="DateTime"/>, a <see cref="TimeSpan"/>, a byte[], a List of values, or a Dictionary of values by name.
/// </param>
internal sealed record ColumnarTable(
    IReadOnlyList<string> Columns, IReadOnlyDictionary<string, string> Metadata, IEnumerable<object?[]> Rows);
