namespace OrtTrainer.Data;

/// <summary>One row of a table, with where it came from.</summary>
internal sealed class DataRow
{
    private const int Shown = 60;

    private readonly string[] _values;
    private readonly FieldKind[]? _kinds;

    /// <param name="file">The file as the user named it.</param>
    /// <param name="line">The 1-based line the row starts on.</param>
    /// <param name="columns">The columns, K of them.</param>
    /// <param name="values">The values, [K].</param>
    /// <param name="kinds">What the values were written as, [K]; null where all are text.</param>
    internal DataRow(string file, int line, TableColumns columns, string[] values, FieldKind[]? kinds = null)
    {
        File = file;
        Line = line;
        Columns = columns;
        _values = values;
        _kinds = kinds;
    }

    /// <summary>The file as the user named it.</summary>
    public string File { get; }

    /// <summary>The 1-based line the row starts on.</summary>
    public int Line { get; }

    /// <summary>The row's columns; of JSON Lines, this row's own properties.</summary>
    public TableColumns Columns { get; }

    /// <summary>Whether some value was written as something else than text.</summary>
    public bool HasKinds => _kinds is not null;

    /// <summary>The values, one per column.</summary>
    public IReadOnlyList<string> Values => _values;

    /// <summary>The value in the named column: a string as it is, null as empty, any other as its JSON text.</summary>
    /// <exception cref="DataFileException">There is no such column, and the message suggests the nearest name; or there
    /// are several.</exception>
    public string this[string column] => _values[IndexOf(column)];

    /// <summary>What the value in the named column was written as.</summary>
    /// <exception cref="DataFileException">There is no such column, or there are several.</exception>
    public FieldKind KindOf(string column) => KindAt(IndexOf(column));

    /// <summary>The value in the named column, which is to be a text for a model to read.</summary>
    /// <exception cref="DataFileException">There is no such column, or there are several; or the value is null, a
    /// number, a boolean, a list or an object.</exception>
    public string Text(string column)
    {
        int index = IndexOf(column);
        FieldKind kind = KindAt(index);
        return kind == FieldKind.Text
            ? _values[index]
            : throw new DataFileException(File, Line, DescribeKind(column, kind, _values[index]));
    }

    /// <summary>The row with another value in one place.</summary>
    internal DataRow With(int index, string value, FieldKind kind)
    {
        string[] values = [.. _values];
        FieldKind[] kinds = _kinds is null ? new FieldKind[values.Length] : [.. _kinds];
        (values[index], kinds[index]) = (value, kind);
        return new DataRow(File, Line, Columns, values, kinds);
    }

    private FieldKind KindAt(int index) => _kinds?[index] ?? FieldKind.Text;

    private int IndexOf(string column)
    {
        int index = Columns.IndexOf(column);
        return index >= 0 ? index : throw new DataFileException(File, Line, Columns.DescribeAbsence(column));
    }

    private static string DescribeKind(string column, FieldKind kind, string value)
    {
        if (kind == FieldKind.Null)
        {
            return $"'{column}' is null; expected a text. Take the row out, or write \"\" for an empty text.";
        }

        string found = value.Length > Shown ? value[..Shown] + "…" : value;
        string article = kind == FieldKind.Object ? "an" : "a";
        return $"'{column}' is {article} {kind.ToString().ToLowerInvariant()}, {found}; expected a text, such as "
            + $"\"{column}\": \"…\". Write it as a string, or name the column that holds the text.";
    }
}
