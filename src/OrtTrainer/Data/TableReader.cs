namespace OrtTrainer.Data;

/// <summary>
/// Reads tables of UTF-8 text row by row, so that a file is never held in memory as a whole: CSV, TSV, JSON Lines and
/// plain lines of text, with or without a header, byte order mark, CRLF and a last line break.
/// </summary>
public static class TableReader
{
    private const string LinesColumn = "text";

    /// <summary>Reads a file; it is opened at the first row and closed after the last.</summary>
    /// <exception cref="DataFileException">The file is missing, or not a table as the options describe it.</exception>
    public static IEnumerable<DataRow> Read(string path, TableOptions? options = null)
    {
        options ??= new TableOptions();
        DataFormat format = options.Format == DataFormat.Auto ? FormatOf(path) : options.Format;
        using FileStream stream = Open(path);
        foreach (DataRow row in Rows(stream, path, format, options))
        {
            yield return row;
        }
    }

    /// <summary>
    /// Reads a stream, such as standard input, as its lines arrive. The caller keeps and closes it, and states a
    /// format other than <see cref="DataFormat.Auto"/>.
    /// </summary>
    /// <param name="stream">UTF-8 text.</param>
    /// <param name="name">What messages call the stream, for example "standard input".</param>
    /// <param name="options">How to read it.</param>
    /// <exception cref="ArgumentException">The format is left to an extension that a stream does not have.</exception>
    public static IEnumerable<DataRow> Read(Stream stream, string name, TableOptions options) =>
        options.Format == DataFormat.Auto
            ? throw new ArgumentException(
                $"{name} has no extension to tell its format by; state it in the options.", nameof(options))
            : Rows(stream, name, options.Format, options);

    private static DataFormat FormatOf(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".csv" => DataFormat.Csv,
        ".tsv" or ".tab" => DataFormat.Tsv,
        ".jsonl" or ".ndjson" => DataFormat.JsonLines,
        var other => throw new DataFileException(
            path, null,
            $"the extension '{other}' does not tell the format; state it: --format csv, tsv, jsonl or lines."),
    };

    private static FileStream Open(string path)
    {
        try
        {
            return File.OpenRead(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new DataFileException(path, null, $"cannot be opened: {failure.Message}", failure);
        }
    }

    private static IEnumerable<DataRow> Rows(Stream stream, string file, DataFormat format, TableOptions options)
    {
        IEnumerable<TextLine> lines = Utf8Lines.Read(stream, file);
        switch (format)
        {
            case DataFormat.JsonLines when options.Columns is not null:
                throw new ArgumentException(
                    $"{file}: JSON Lines names its own columns; leave {nameof(options.Columns)} out.");
            case DataFormat.JsonLines:
                return JsonRecords.Read(lines, file);
            case DataFormat.Lines:
                TableColumns column = new(options.Columns ?? [LinesColumn]);
                return column.Names.Count == 1
                    ? lines.Select(line => new DataRow(file, line.Number, column, [line.Text]))
                    : throw new ArgumentException(
                        $"{file}: lines of text are one column; found {column.Names.Count} names.");
            default:
                char delimiter = format == DataFormat.Csv ? ',' : '\t';
                bool quoted = options.Quoted ?? format == DataFormat.Csv;
                return Named(DelimitedRecords.Read(lines, file, delimiter, quoted), file, options);
        }
    }

    private static IEnumerable<DataRow> Named(IEnumerable<TableRecord> records, string file, TableOptions options)
    {
        TableColumns? columns = options.Columns is null ? null : new TableColumns(options.Columns);
        foreach (TableRecord record in records)
        {
            if (columns is null)
            {
                columns = Header(record, file);
                continue;
            }

            // A blank line is a row only where it can be one: an empty text in a table of one column.
            int expected = columns.Names.Count;
            if (record.Fields is [""] && expected > 1)
            {
                continue;
            }

            int found = record.Fields.Length;
            if (found < expected || (found > expected && !options.IgnoreExtraFields))
            {
                throw new DataFileException(
                    file,
                    record.Line,
                    $"found {found} fields, expected {expected} ({string.Join(", ", columns.Names)}). "
                    + (found > expected
                        ? "Correct the line, or ignore extra fields."
                        : "Correct the line, or check the delimiter and the names of the columns."));
            }

            string[] values = found > expected ? record.Fields[..expected] : record.Fields;
            yield return new DataRow(file, record.Line, columns, values);
        }
    }

    private static TableColumns Header(TableRecord record, string file)
    {
        try
        {
            return new TableColumns(record.Fields);
        }
        catch (ArgumentException twice)
        {
            throw new DataFileException(
                file, record.Line, $"in the header, {twice.Message} Rename one, or name the columns yourself.", twice);
        }
    }
}
