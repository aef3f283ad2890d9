using System.Text.Json.Serialization;
using OrtTrainer.Common;
using OrtTrainer.Data.Sources;

namespace OrtTrainer.Data;

/// <summary>
/// How to read a table. The defaults read any file with a header line whose extension says its format.
/// </summary>
public sealed record TableOptions
{
    private readonly IReadOnlyList<string>? _columns;
    private readonly char? _delimiter;

    /// <summary>The file's format; by default its extension decides.</summary>
    public DataFormat Format { get; init; } = DataFormat.Auto;

    /// <summary>
    /// The columns' names for a file without a header line; null where the first line is the header. A first line that
    /// has these names is not taken for a row.
    /// </summary>
    /// <exception cref="ArgumentException">No name, an empty name or the same name twice.</exception>
    public IReadOnlyList<string>? Columns
    {
        get => _columns;
        init => _columns = value is null ? null : Checked(value);
    }

    /// <summary>
    /// What stands between the fields of a CSV or TSV file; null for a tab in TSV, and in CSV for what its first line
    /// shows: a comma, a semicolon, a tab or a bar.
    /// </summary>
    /// <exception cref="ArgumentException">A quote or a line break.</exception>
    public char? Delimiter
    {
        get => _delimiter;
        init => _delimiter = value is '"' or '\r' or '\n'
            ? throw new ArgumentException(
                $"{nameof(Delimiter)} is a quote or a line break; give a character that stands between fields, such "
                + "as ; or a tab.")
            : value;
    }

    /// <summary>
    /// The encoding of the text, such as windows-1252, latin-1 or utf-16; null for UTF-8, or UTF-16 where the file
    /// begins with a byte order mark of it.
    /// </summary>
    /// <exception cref="ArgumentException">It is unknown.</exception>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Encoding
    {
        get;
        init => field = value is null || FormatLibraries.EncodingOf(value) is not null
            ? value
            : throw new ArgumentException(
                $"{nameof(Encoding)} is '{value}'; expected the name of an encoding, such as windows-1252, latin-1, "
                + "utf-16, shift_jis or gb18030.");
    }

    /// <summary>Whether a field may be enclosed in double quotes; null means yes for CSV and no for TSV.</summary>
    public bool? Quoted { get; init; }

    /// <summary>Whether fields beyond the last named column are dropped instead of refused.</summary>
    public bool IgnoreExtraFields { get; init; }

    private static IReadOnlyList<string> Checked(IReadOnlyList<string> names)
    {
        if (names.Count == 0 || names.Any(string.IsNullOrWhiteSpace))
        {
            throw new ArgumentException(
                $"{nameof(Columns)} names every column of a file without a header, left to right; "
                + $"found '{string.Join(",", names)}'.");
        }

        if (names.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new ArgumentException($"{nameof(Columns)} gives the name '{twice.Key}' to more than one column.");
        }

        return [.. names];
    }

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
