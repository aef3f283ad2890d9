namespace OrtTrainer.Data;

/// <summary>One row of a table, with where it came from.</summary>
internal sealed class DataRow
{
    private readonly string[] _values;

    internal DataRow(string file, int line, TableColumns columns, string[] values)
    {
        File = file;
        Line = line;
        Columns = columns;
        _values = values;
    }

    /// <summary>The file as the user named it.</summary>
    public string File { get; }

    /// <summary>The 1-based line the row starts on.</summary>
    public int Line { get; }

    /// <summary>The row's columns; of JSON Lines, this row's own properties.</summary>
    public TableColumns Columns { get; }

    /// <summary>The values, one per column.</summary>
    public IReadOnlyList<string> Values => _values;

    /// <summary>The value in the named column.</summary>
    /// <exception cref="DataFileException">There is no such column, and the message suggests the nearest name; or there
    /// are several.</exception>
    public string this[string column]
    {
        get
        {
            int index = Columns.IndexOf(column);
            return index >= 0
                ? _values[index]
                : throw new DataFileException(File, Line, Columns.DescribeAbsence(column));
        }
    }
}
