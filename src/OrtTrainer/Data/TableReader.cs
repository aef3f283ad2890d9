using OrtTrainer.Data.Sources;

namespace OrtTrainer.Data;

/// <summary>
/// Reads tables of text, with or without a header, byte order mark, CRLF and a last line break: CSV, TSV, JSON Lines,
/// sentences of tagged words and plain lines row by row, so that such a file is never held in memory as a whole, and
/// arrays of JSON objects; and tables of columns, Parquet and Arrow. Any of them may be compressed.
/// </summary>
internal static class TableReader
{
    /// <summary>The extensions that tell a format.</summary>
    public const string KnownExtensions = ".csv, .tsv, .jsonl, .json, .conll, .parquet and .arrow, or .gz and .zst of "
        + "these";

    private const string LinesColumn = "text";
    private const int Block = 1 << 20;

    private static readonly string[] Workbooks = [".xlsx", ".xlsm", ".xls", ".ods", ".numbers"];

    /// <summary>Reads a file, or several one after another; each is opened at its first row and closed after its
    /// last.</summary>
    /// <param name="path">The file, a pattern, or a data set's folder, as <see cref="DataFiles"/> has it.</param>
    /// <param name="options">How to read it; null for the defaults.</param>
    /// <param name="note">Told what the file's look decided, such as its delimiter; null for nobody.</param>
    /// <param name="cancellation">Ends the reading between two blocks of the file.</param>
    /// <exception cref="DataFileException">The file is missing, or not a table as the options describe it.</exception>
    public static IEnumerable<DataRow> Read(
        string path,
        TableOptions? options = null,
        Action<string>? note = null,
        CancellationToken cancellation = default)
    {
        options ??= new TableOptions();
        IReadOnlyList<DataFile> files = DataFiles.Of(path);
        SameColumns? columns = files.Count > 1 ? new() : null;
        List<string> read = [];
        foreach (DataFile file in files)
        {
            int rows = 0;
            foreach (DataRow row in Rows(file, options, note, cancellation))
            {
                if (rows++ == 0)
                {
                    columns?.Require(row);
                }

                yield return row;
            }

            read.Add(FormattableString.Invariant($"{file.Path} ({rows} {(rows == 1 ? "row" : "rows")})"));
        }

        if (files.Count > 1)
        {
            note?.Invoke($"{path}: {files.Count} files, {string.Join(", ", read)}.");
        }
    }

    /// <summary>
    /// Reads a stream, such as standard input, as its lines arrive. The caller keeps and closes it, and states a
    /// format other than <see cref="DataFormat.Auto"/>.
    /// </summary>
    /// <param name="stream">UTF-8 text.</param>
    /// <param name="name">What messages call the stream, for example "standard input".</param>
    /// <param name="options">How to read it.</param>
    /// <param name="note">Told what the content's look decided; null for nobody.</param>
    /// <param name="cancellation">Ends the reading between two blocks.</param>
    /// <exception cref="ArgumentException">The format is left to an extension that a stream does not have.</exception>
    public static IEnumerable<DataRow> Read(
        Stream stream,
        string name,
        TableOptions options,
        Action<string>? note = null,
        CancellationToken cancellation = default) =>
        options.Format == DataFormat.Auto
            ? throw new ArgumentException(
                $"{name} has no extension to tell its format by; state it in the options.", nameof(options))
            : Opened(stream, name, options, note, cancellation);

    /// <summary>The format that a file's extension tells; null for any other.</summary>
    internal static DataFormat? KnownFormat(string path) => ExtensionOf(path) switch
    {
        ".csv" => DataFormat.Csv,
        ".tsv" or ".tab" => DataFormat.Tsv,
        ".jsonl" or ".ndjson" => DataFormat.JsonLines,
        ".json" => DataFormat.Json,
        ".conll" or ".bio" or ".iob" or ".iob2" => DataFormat.Conll,
        ".parquet" => DataFormat.Parquet,
        ".arrow" => DataFormat.Arrow,
        _ => null,
    };

    // That of what is inside, where the file is compressed.
    internal static string ExtensionOf(string path)
    {
        string extension = Path.GetExtension(path).ToLowerInvariant();
        return extension is ".gz" or ".zst"
            ? Path.GetExtension(Path.GetFileNameWithoutExtension(path)).ToLowerInvariant()
            : extension;
    }

    private static DataFormat FormatOf(string path, OpenedContent content)
    {
        if (content.IsColumnar)
        {
            return DataFormat.Parquet;
        }

        if (KnownFormat(path) is { } known)
        {
            return known;
        }

        string extension = ExtensionOf(path);
        if (Workbooks.Contains(extension))
        {
            throw new DataFileException(
                path, null, $"'{extension}' is the extension of a spreadsheet's workbook, which is not read. Save it "
                + "as CSV in the spreadsheet, and give that file.");
        }

        // What is no text is better named than its extension called unknown.
        FileSignature.RequireText(content.Start, path);
        throw new DataFileException(
            path, null,
            $"the extension '{Path.GetExtension(path)}' does not tell the format; state it: --format csv, tsv, jsonl, "
            + "json, conll or lines.");
    }

    private static IEnumerable<DataRow> Rows(
        DataFile file, TableOptions options, Action<string>? note, CancellationToken cancellation)
    {
        using FileStream stream = Open(file.Path);
        OpenedContent content = ContentOpening.Open(stream, file.Path, options.Encoding, note);
        DataFormat format = options.Format == DataFormat.Auto ? FormatOf(file.Path, content) : options.Format;
        DatasetFeatures features = content.IsColumnar && file.Features.Columns.Count == 0
            ? ContentOpening.FeaturesOf(file)
            : file.Features;
        bool isNamed = features.Columns.Count > 0;
        foreach (DataRow row in Rows(content, file.Path, format, options, note, cancellation))
        {
            yield return isNamed ? features.Named(row) : row;
        }
    }

    // Nothing is read before the first row is asked for, on the thread that asks: a stream may be silent for long.
    private static IEnumerable<DataRow> Opened(
        Stream stream, string name, TableOptions options, Action<string>? note, CancellationToken cancellation)
    {
        OpenedContent content = ContentOpening.Open(stream, name, options.Encoding, note);
        foreach (DataRow row in Rows(content, name, options.Format, options, note, cancellation))
        {
            yield return row;
        }
    }

    /// <summary>Opens a file of data.</summary>
    /// <exception cref="DataFileException">It cannot be opened.</exception>
    internal static FileStream Open(string path)
    {
        try
        {
            return File.OpenRead(path);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataFileException(
                path, null, "cannot be opened: there is no such file. Check the path; where it does not begin with a "
                + $"root, it is looked for in {Environment.CurrentDirectory}.", failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new DataFileException(path, null, $"cannot be opened: {failure.Message}", failure);
        }
    }

    private static IEnumerable<DataRow> Rows(
        OpenedContent content, string file, DataFormat format, TableOptions options, Action<string>? note,
        CancellationToken cancellation)
    {
        Stream stream = content.Stream;
        if (options.Columns is not null
            && format is DataFormat.JsonLines or DataFormat.Json or DataFormat.Parquet or DataFormat.Arrow)
        {
            string name = format is DataFormat.JsonLines or DataFormat.Json ? "JSON" : $"{format}";
            throw new DataFileException(file, null, $"{name} names its own columns. Leave the names of columns out.");
        }

        if (options.Delimiter is not null && format is not (DataFormat.Csv or DataFormat.Tsv))
        {
            throw new DataFileException(
                file, null, "only CSV and TSV have fields to separate. Leave the delimiter out, or state the format.");
        }

        if (format is DataFormat.Parquet or DataFormat.Arrow)
        {
            return content.IsColumnar
                ? FormatLibraries.Columnar(stream, content.Start, file, cancellation)
                : throw new DataFileException(
                    file, null, $"this is no {format} file: it does not begin as one. Name it by what it is, or state "
                    + "its format (--format).");
        }

        if (content.IsColumnar)
        {
            throw new DataFileException(
                file, null, $"this is a Parquet or Arrow file, whatever its ending and format; expected {format}. "
                + "Leave the format out, and end its name in .parquet or .arrow.");
        }

        if (format == DataFormat.Json)
        {
            return Json(stream, file, cancellation);
        }

        IEnumerable<TextLine> lines = Utf8Lines.Read(stream, file, cancellation);
        DelimitedTable table = new(file, options, note);
        return format switch
        {
            DataFormat.JsonLines => JsonRecords.Read(lines, file),
            DataFormat.Lines => Lines(lines, file, options),
            DataFormat.Conll => ConllRecords.Read(lines, file, options.Columns),
            DataFormat.Csv => table.ReadCsv(lines),
            _ => table.Read(lines, options.Delimiter ?? '\t', options.Quoted ?? false),
        };
    }

    private static IEnumerable<DataRow> Lines(IEnumerable<TextLine> lines, string file, TableOptions options)
    {
        TableColumns column = new(options.Columns ?? [LinesColumn]);
        return column.Names.Count == 1
            ? lines.Select(line => new DataRow(file, line.Number, column, [line.Text]))
            : throw new DataFileException(
                file, null, $"lines of text are one column; found {column.Names.Count} names. State the format.");
    }

    /// <summary>An array of objects, one object, or one per line: files of either kind are called .json.</summary>
    private static IEnumerable<DataRow> Json(Stream stream, string file, CancellationToken cancellation)
    {
        byte[] bytes = AllOf(stream, cancellation);
        FileSignature.RequireText(bytes, file);
        IEnumerable<TextLine> records = JsonArrayRecords.Is(bytes)
            ? JsonArrayRecords.Elements(bytes, file, cancellation)
            : JsonArrayRecords.IsOneObject(bytes)
            ? [Utf8Lines.Decode(bytes, 1, file)]
            : Utf8Lines.Read(new MemoryStream(bytes), file, cancellation);
        foreach (DataRow row in JsonRecords.Read(records, file))
        {
            yield return row;
        }
    }

    private static byte[] AllOf(Stream stream, CancellationToken cancellation)
    {
        using MemoryStream content = new();
        byte[] block = new byte[Block];
        for (int read = -1; read != 0;)
        {
            cancellation.ThrowIfCancellationRequested();
            read = stream.Read(block);
            content.Write(block, 0, read);
        }

        return content.ToArray();
    }
}
