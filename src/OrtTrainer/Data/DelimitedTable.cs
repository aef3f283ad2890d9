namespace OrtTrainer.Data;

/// <summary>Rows of delimited text: settles what separates the fields, and matches records with columns.</summary>
/// <param name="file">The file as the user named it.</param>
/// <param name="options">How to read it.</param>
/// <param name="note">Told what was decided by the file's look; null for nobody.</param>
internal sealed class DelimitedTable(string file, TableOptions options, Action<string>? note)
{
    /// <summary>Reads a CSV file; the first line decides the delimiter where no option does.</summary>
    /// <exception cref="DataFileException">A record is malformed or has too few or too many fields.</exception>
    public IEnumerable<DataRow> ReadCsv(IEnumerable<TextLine> lines)
    {
        using IEnumerator<TextLine> reader = lines.GetEnumerator();
        if (!reader.MoveNext())
        {
            yield break;
        }

        if (FieldDelimiter.IsDeclared(reader.Current.Text, out char? declared) && !reader.MoveNext())
        {
            yield break;
        }

        char delimiter = options.Delimiter ?? declared
            ?? FieldDelimiter.Detect(reader.Current.Text, options.Columns?.Count);
        if (options.Delimiter is null && delimiter != FieldDelimiter.Usual)
        {
            string numbers = delimiter == FieldDelimiter.WithDecimalComma
                ? "; a comma in a number is its decimal point"
                : "";
            note?.Invoke($"{file}: fields are separated by {FieldDelimiter.Name(delimiter)}, as its first line " +
                $"{(declared is null ? "shows" : "says")}{numbers}.");
        }

        foreach (DataRow row in Read(Remaining(reader), delimiter, options.Quoted ?? true))
        {
            yield return row;
        }
    }

    /// <summary>Reads records with a known delimiter.</summary>
    /// <exception cref="DataFileException">A record is malformed or has too few or too many fields.</exception>
    public IEnumerable<DataRow> Read(IEnumerable<TextLine> lines, char delimiter, bool quoted)
    {
        TableColumns? columns = null;
        bool decimalComma = delimiter == FieldDelimiter.WithDecimalComma;
        foreach (TableRecord record in DelimitedRecords.Read(lines, file, delimiter, quoted))
        {
            if (columns is null)
            {
                columns = new TableColumns(options.Columns ?? record.Fields) { DecimalComma = decimalComma };
                if (options.Columns is null || IsHeader(record, options.Columns))
                {
                    continue;
                }
            }

            // A blank line is a row only where it can be one: an empty text in a table of one column.
            if (record.Fields is not [""] || columns.Names.Count == 1)
            {
                yield return new DataRow(file, record.Line, columns, Matched(record, columns.Names, delimiter, quoted));
            }
        }
    }

    private static IEnumerable<TextLine> Remaining(IEnumerator<TextLine> reader)
    {
        do
        {
            yield return reader.Current;
        }
        while (reader.MoveNext());
    }

    /// <summary>
    /// Whether the first line of a file whose columns are named by the options is a header after all: it has their
    /// names in their places, two or more, and nothing else.
    /// </summary>
    private bool IsHeader(TableRecord first, IReadOnlyList<string> names)
    {
        int same = 0;
        for (int i = 0; i < first.Fields.Length; i++)
        {
            string field = first.Fields[i].Trim();
            bool equal = i < names.Count && field.Equals(names[i].Trim(), StringComparison.OrdinalIgnoreCase);
            if (!equal && field.Length > 0)
            {
                return false;
            }

            same += equal ? 1 : 0;
        }

        bool isHeader = same >= Math.Min(2, names.Count);
        if (isHeader)
        {
            note?.Invoke($"{file}, line {first.Line}: the line has the names of the columns and is no row.");
        }

        return isHeader;
    }

    private string[] Matched(TableRecord record, IReadOnlyList<string> names, char delimiter, bool quoted)
    {
        (int expected, int found) = (names.Count, record.Fields.Length);
        if (found < expected || (found > expected && !options.IgnoreExtraFields))
        {
            string correction = found > expected && quoted
                ? "put double quotes round a text that has one in it"
                : "correct the line";
            string others = found > expected ? "" : ", or other names of columns (--columns)";
            throw new DataFileException(
                file,
                record.Line,
                $"{FieldCount.Mismatch(found, expected)} ({string.Join(", ", names)}). Fields are separated by "
                + $"{FieldDelimiter.Name(delimiter)}: {correction}, or give another delimiter (--delimiter){others}.");
        }

        return found > expected ? record.Fields[..expected] : record.Fields;
    }
}
