namespace OrtTrainer.Data.Sources;

/// <summary>
/// Demands the same columns of several files, in any order. Objects of JSON may each have others: of them, the columns
/// that a task asks for are demanded row by row.
/// </summary>
internal sealed class SameColumns
{
    private DataRow? _first;

    /// <summary>Compares a file with the first one.</summary>
    /// <param name="row">The first row of the file.</param>
    /// <exception cref="DataFileException">It has other columns.</exception>
    public void Require(DataRow row)
    {
        if (IsJson(row.File) || (_first is not null && IsJson(_first.File)))
        {
            return;
        }

        _first ??= row;
        string[] missing = [.. _first.Columns.Names.Except(row.Columns.Names)];
        string[] added = [.. row.Columns.Names.Except(_first.Columns.Names)];
        if (missing.Length > 0 || added.Length > 0)
        {
            throw new DataFileException(
                row.File, null, $"its columns are {string.Join(", ", row.Columns.Names)}; expected those of "
                + $"{_first.File}, {string.Join(", ", _first.Columns.Names)}. {Differences(missing, added)} Files that "
                + "are read as one have the same columns.");
        }
    }

    private static bool IsJson(string file) => TableReader.KnownFormat(file) is DataFormat.Json or DataFormat.JsonLines;

    private static string Differences(string[] missing, string[] added) => string.Join(' ', new[]
    {
        missing.Length > 0 ? $"Missing: {string.Join(", ", missing)}." : "",
        added.Length > 0 ? $"Added: {string.Join(", ", added)}." : "",
    }.Where(text => text.Length > 0));
}
