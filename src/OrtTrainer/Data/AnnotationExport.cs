using System.Text.Json;

namespace OrtTrainer.Data;

/// <summary>
/// Rows of annotation tools' exports as rows with a text and a label: Label Studio's tasks with their annotations, its
/// short form (JSON_MIN), and doccano's lines, which call labels "label" or "labels".
/// </summary>
internal static class AnnotationExport
{
    private const string Data = "data";
    private const string Annotations = "annotations";
    private const string UsualLabel = "label";
    private const string OtherLabel = "labels";

    /// <summary>The kinds of results that are labels, and where their value holds them.</summary>
    private static readonly string[] Kinds = ["choices", "rating", "number", "text"];

    /// <summary>Whether a row is a task of Label Studio.</summary>
    public static bool IsTask(DataRow row) => row.HasKinds
        && row.Columns.IndexOf(Data) >= 0 && row.KindOf(Data) == FieldKind.Object
        && row.Columns.IndexOf(Annotations) >= 0 && row.KindOf(Annotations) == FieldKind.List;

    /// <summary>The fields of a task's data as columns, with the label among them under the name that is asked
    /// for.</summary>
    /// <param name="row">The task.</param>
    /// <param name="label">The column of the label, or the name of the control that made it; null for none.</param>
    /// <exception cref="DataFileException">It has no annotation, or no label in it.</exception>
    public static DataRow Flat(DataRow row, string? label)
    {
        using JsonDocument data = JsonDocument.Parse(row[Data]);
        Dictionary<string, JsonElement> fields = data.RootElement.EnumerateObject()
            .Where(field => field.Name != label).ToDictionary(field => field.Name, field => field.Value);
        if (label is null)
        {
            return Of(row, fields);
        }

        using JsonDocument annotations = JsonDocument.Parse(row[Annotations]);
        fields[label] = LabelIn(row, annotations.RootElement, label);
        return Of(row, fields);
    }

    /// <summary>The label's field as it is or, where the tool wraps the choices of several, the list of them.</summary>
    /// <exception cref="DataFileException">There is no such column.</exception>
    public static string LabelOf(DataRow row, string column)
    {
        string name = column == UsualLabel && row.Columns.IndexOf(column) < 0 && row.Columns.IndexOf(OtherLabel) >= 0
            ? OtherLabel
            : column;
        string field = row[name];
        if (!row.HasKinds || row.KindOf(name) != FieldKind.Object)
        {
            return field;
        }

        using JsonDocument document = JsonDocument.Parse(field);
        return document.RootElement.TryGetProperty(Kinds[0], out JsonElement choices)
            && choices.ValueKind == JsonValueKind.Array
                ? choices.GetRawText()
                : field;
    }

    private static JsonElement LabelIn(DataRow row, JsonElement annotations, string label)
    {
        JsonElement annotation = annotations.EnumerateArray().FirstOrDefault(item => !IsCancelled(item));
        if (annotation.ValueKind != JsonValueKind.Object
            || !annotation.TryGetProperty("result", out JsonElement result))
        {
            throw new DataFileException(
                row.File, row.Line, "the task has no annotation. Export annotated tasks only, or take it out.");
        }

        JsonElement[] results = [.. result.EnumerateArray().Where(item => item.TryGetProperty("value", out _))];
        JsonElement[] named = [.. results.Where(item => NameOf(item) == label)];
        JsonElement[] chosen = named.Length > 0 ? named : label == UsualLabel ? results : [];
        foreach (JsonElement value in chosen.Select(item => item.GetProperty("value")))
        {
            foreach (string kind in Kinds)
            {
                if (value.TryGetProperty(kind, out JsonElement found))
                {
                    return found;
                }
            }
        }

        string names = string.Join(", ", results.Select(NameOf).Distinct());
        throw new DataFileException(
            row.File, row.Line, $"the annotation has no label '{label}'; its results are "
            + $"{(names.Length > 0 ? names : "none")}. Name the control that makes the label, or take the task out.");
    }

    private static bool IsCancelled(JsonElement annotation) =>
        annotation.ValueKind == JsonValueKind.Object && annotation.TryGetProperty("was_cancelled", out JsonElement flag)
        && flag.ValueKind == JsonValueKind.True;

    private static string NameOf(JsonElement result) =>
        result.TryGetProperty("from_name", out JsonElement name) ? name.ToString() : "";

    private static DataRow Of(DataRow row, Dictionary<string, JsonElement> fields) => new(
        row.File, row.Line, new TableColumns([.. fields.Keys]),
        [.. fields.Values.Select(JsonRecords.TextOf)], [.. fields.Values.Select(JsonRecords.KindOf)]);
}
