using System.Globalization;
using System.Text;
using OrtTrainer.Common;
using OrtTrainer.Data;

namespace OrtTrainer.Teachers;

/// <summary>Logits as a table: a header of label names, then a number per label in every row.</summary>
internal static class LogitsTable
{
    private static readonly char[] NeedsQuotes = [',', '"', '\n', '\r'];

    /// <exception cref="DataFileException">The file is no such table.</exception>
    public static LogitsContent Read(string path, CancellationToken cancellation = default)
    {
        _ = RequireDelimiter(path);
        List<float> values = [];
        IReadOnlyList<string> labels = [];
        int rows = 0;
        foreach (DataRow row in TableReader.Read(path, cancellation: cancellation))
        {
            labels = row.Columns.Names;
            values.AddRange(row.Values.Select((text, column) => Number(text, row, column)));
            rows++;
        }

        return new([.. values], rows, labels.Count, labels);
    }

    /// <exception cref="DataFileException">A label's name holds what a TSV file cannot.</exception>
    /// <exception cref="FileWriteException">The disk is full or the folder may not be written.</exception>
    public static void Write(string path, float[] values, IReadOnlyList<string> labels)
    {
        char delimiter = RequireDelimiter(path);
        string[] header = [.. labels.Select(label => Field(path, label, delimiter))];
        AtomicFile.Write(path, stream =>
        {
            using StreamWriter writer = new(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
            writer.WriteLine(string.Join(delimiter, header));
            foreach (float[] row in values.Chunk(labels.Count))
            {
                // The shortest text that reads back as the same number.
                writer.WriteLine(
                    string.Join(delimiter, row.Select(value => value.ToString("R", CultureInfo.InvariantCulture))));
            }
        });
    }

    /// <summary>What stands between the fields of a file, by its extension; null for any other.</summary>
    public static char? Delimiter(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".csv" => ',',
        ".tsv" => '\t',
        _ => null,
    };

    private static char RequireDelimiter(string path) => Delimiter(path)
        ?? throw new DataFileException(path, null, $"the extension is '{Path.GetExtension(path)}'; logits are kept " +
            $"in {LogitsTensors.Extension}, .csv or .tsv files. Name one of these.");

    private static float Number(string text, DataRow row, int column) =>
        float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float value)
            ? value
            : throw new DataFileException(row.File, row.Line, $"'{text}' in column '{row.Columns.Names[column]}' is " +
                "no number; expected a header of label names and then a logit per label in every row.");

    private static string Field(string path, string label, char delimiter)
    {
        if (delimiter == ',')
        {
            return label.IndexOfAny(NeedsQuotes) < 0
                ? label
                : $"\"{label.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
        }

        return label.IndexOfAny(['\t', '\n', '\r']) < 0
            ? label
            : throw new DataFileException(path, null, $"the label '{label}' holds a tab or a line break, which a TSV " +
                $"file cannot. Name a {LogitsTensors.Extension} file.");
    }
}
