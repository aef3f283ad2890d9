using System.Globalization;
using System.Text.Json;

namespace OrtTrainer.Data;

/// <summary>Reads what a label field says, by task.</summary>
internal static class LabelFields
{
    /// <summary>The names in a field: one for classification, any number for multi-label.</summary>
    /// <exception cref="DataFileException">The field is absent, empty where a label is needed, or
    /// malformed.</exception>
    public static string[] Names(Example example, string file, TaskKind task, string separator)
    {
        string field = Present(example, file);
        if (task == TaskKind.Classification)
        {
            return field.Length > 0 ? [field] : throw Problem("the label is empty. Label the row or take it out.");
        }

        string[] names = field.StartsWith('[') ? Json() : field.Length == 0 ? [] : field.Split(separator);
        names = [.. names.Select(name => name.Trim())];
        return Array.IndexOf(names, string.Empty) >= 0
            ? throw Problem($"the label field '{field}' holds an empty label; expected names joined by '{separator}'.")
            : [.. names.Distinct(StringComparer.Ordinal)];

        DataFileException Problem(string problem, Exception? cause = null) => new(file, example.Line, problem, cause);

        string[] Json()
        {
            try
            {
                using JsonDocument document = JsonDocument.Parse(field);
                return [.. document.RootElement.EnumerateArray().Select(item =>
                    item.ValueKind == JsonValueKind.String ? item.GetString()! : item.GetRawText())];
            }
            catch (JsonException malformed)
            {
                throw Problem(
                    $"the label field '{field}' begins as a JSON array but is none: {malformed.Message}", malformed);
            }
        }
    }

    /// <summary>The number in a field, written with a decimal point whatever the machine's culture.</summary>
    /// <exception cref="DataFileException">The field is absent or not a finite number.</exception>
    public static float Number(Example example, string file)
    {
        string field = Present(example, file);
        bool parsed = float.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out float number);
        return parsed && float.IsFinite(number)
            ? number
            : throw new DataFileException(
                file, example.Line, $"the label is '{field}'; regression needs a finite number such as 3.25.");
    }

    private static string Present(Example example, string file) => example.Label
        ?? throw new DataFileException(file, example.Line, "the row has no label: name the column that holds it.");
}
