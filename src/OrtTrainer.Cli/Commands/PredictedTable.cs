using System.Text.Json;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Prediction;
using OrtTrainer.Tasks;

namespace OrtTrainer.Cli.Commands;

/// <summary>
/// Predictions as comma-separated values: the columns of the rows that were read, then those of the predictions, named
/// as in JSON Lines behind <c>predicted.</c>, such as <c>predicted.label</c>. Where semicolons separated what was read,
/// they do so here, and numbers have a decimal comma.
/// </summary>
/// <param name="writer">Not disposed here.</param>
/// <param name="line">How predictions are named.</param>
internal sealed class PredictedTable(TextWriter writer, PredictionLine line)
{
    /// <summary>What the names of such files end with.</summary>
    public const string Extension = ".csv";

    private const string Prefix = "predicted";
    private const string LabelSeparator = "|";

    private IReadOnlyList<string>? _read;
    private char _delimiter;

    /// <summary>Appends a row and what was predicted for it; the first decides on the columns.</summary>
    /// <exception cref="RunException">The prediction is no set of single values, or the row has a column that the first
    /// row has not.</exception>
    public void Add(DataRow row, TextPrediction prediction)
    {
        using JsonDocument predicted = JsonDocument.Parse(line.Of(prediction));
        bool decimalComma = row.Columns.DecimalComma;
        (string Name, string Value)[] fields = [.. Fields(Prefix, predicted.RootElement, decimalComma)];
        if (_read is null)
        {
            _read = row.Columns.Names;
            _delimiter = decimalComma ? FieldDelimiter.WithDecimalComma : FieldDelimiter.Usual;
            Write([.. _read, .. fields.Select(field => field.Name)]);
        }

        Write([.. Own(row, _read), .. fields.Select(field => field.Value)]);
    }

    private static IEnumerable<string> Own(DataRow row, IReadOnlyList<string> columns)
    {
        if (ReferenceEquals(row.Columns.Names, columns))
        {
            return row.Values;
        }

        string? further = row.Columns.Names.FirstOrDefault(name => !columns.Contains(name));
        return further is null
            ? columns.Select(name => row.Columns.IndexOf(name) is var index and >= 0 ? row.Values[index] : "")
            : throw new DataFileException(
                row.File, row.Line, $"there is a column '{further}', which the first row has not. Give every row the "
                + "same columns, or an --output that ends in .jsonl.");
    }

    private static IEnumerable<(string Name, string Value)> Fields(string name, JsonElement value, bool decimalComma) =>
        value.ValueKind switch
        {
            JsonValueKind.Object => value.EnumerateObject()
                .SelectMany(part => Fields($"{name}.{part.Name}", part.Value, decimalComma)),
            JsonValueKind.Array when value.EnumerateArray().All(part => part.ValueKind == JsonValueKind.String) =>
                [(name, string.Join(LabelSeparator, value.EnumerateArray().Select(part => part.GetString())))],
            JsonValueKind.String => [(name, value.GetString()!)],
            JsonValueKind.Number => [(name, decimalComma ? value.GetRawText().Replace('.', ',') : value.GetRawText())],
            _ => throw new RunException(
                $"A table has one value in a field, and {name} of this model's predictions is more than that. Give an "
                + "--output that ends in .jsonl."),
        };

    private void Write(IEnumerable<string> fields)
    {
        writer.Write(string.Join(_delimiter, fields.Select(field => CsvField.Of(field, _delimiter))));
        writer.Write('\n');
    }
}
