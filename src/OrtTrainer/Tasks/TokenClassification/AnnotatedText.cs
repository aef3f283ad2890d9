using System.Globalization;
using System.Text.Json;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Text;

namespace OrtTrainer.Tasks.TokenClassification;

/// <summary>
/// A text whose entities are given by the places of their characters, as annotation tools export them: [start, end,
/// type] (spaCy, doccano), objects with start and end (Prodigy, Label Studio) or start_offset and end_offset (newer
/// doccano), or Label Studio's tasks with their annotations.
/// </summary>
internal static class AnnotatedText
{
    /// <summary>The columns that tools put places in.</summary>
    private static readonly string[] PlaceColumns = ["entities", "spans", "label", "labels"];

    private static readonly string[] Starts = ["start", "start_offset", "begin"];
    private static readonly string[] Ends = ["end", "end_offset"];
    private static readonly string[] Types = ["label", "type", "entity_group", "labels"];

    /// <summary>Whether a row has places of characters instead of tags of words.</summary>
    /// <param name="row">The row.</param>
    /// <param name="asked">The column that was named for tags; null for none.</param>
    public static bool Is(DataRow row, string? asked) => IsLabelStudio(row) || ColumnOf(row, asked) is not null;

    /// <summary>Reads a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="textColumn">The column of the text.</param>
    /// <param name="asked">The column that was named for tags; null for none.</param>
    /// <exception cref="DataFileException">Places are malformed, outside of the text, hold no word or
    /// overlap.</exception>
    public static TaggedExample Read(DataRow row, string textColumn, string? asked)
    {
        (string text, string places) = IsLabelStudio(row)
            ? LabelStudio(row, textColumn)
            : (row.Text(textColumn), row[ColumnOf(row, asked)!]);
        try
        {
            using JsonDocument document = JsonDocument.Parse(places);
            Span[] spans = [.. document.RootElement.EnumerateArray().Where(IsPlace).Select(item => SpanOf(item, text))];
            return TaggedExample.Of(text, Ordered(spans), places, row.Line);
        }
        catch (Exception malformed) when (malformed is JsonException or FormatException or InvalidOperationException)
        {
            throw new DataFileException(row.File, row.Line, malformed.Message, malformed);
        }
    }

    private static bool IsLabelStudio(DataRow row) =>
        row.Columns.IndexOf("annotations") >= 0 && row.Columns.IndexOf("data") >= 0;

    private static string? ColumnOf(DataRow row, string? asked) =>
        PlaceColumns.Prepend(asked).FirstOrDefault(column => column is not null && row.Columns.IndexOf(column) >= 0
            && row.KindOf(column) == FieldKind.List && HoldsPlaces(row[column]));

    // An empty list holds no places; it is one of them where the row has a text instead of words.
    private static bool HoldsPlaces(string field)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(field);
            return document.RootElement.EnumerateArray()
                .All(item => item.ValueKind is JsonValueKind.Array or JsonValueKind.Object);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>The text of a task and the results of its first annotation that was not cancelled.</summary>
    private static (string Text, string Places) LabelStudio(DataRow row, string textColumn)
    {
        using JsonDocument data = JsonDocument.Parse(row["data"]);
        using JsonDocument annotations = JsonDocument.Parse(row["annotations"]);
        JsonElement text = data.RootElement.ValueKind != JsonValueKind.Object ? default
            : data.RootElement.TryGetProperty(textColumn, out JsonElement named) ? named
            : data.RootElement.EnumerateObject().FirstOrDefault(p => p.Value.ValueKind == JsonValueKind.String).Value;
        JsonElement annotation = annotations.RootElement.ValueKind != JsonValueKind.Array ? default
            : annotations.RootElement.EnumerateArray().FirstOrDefault(item => item.ValueKind == JsonValueKind.Object
                && !(item.TryGetProperty("was_cancelled", out JsonElement cancelled)
                    && cancelled.ValueKind == JsonValueKind.True));
        return text.ValueKind != JsonValueKind.String
            ? throw new DataFileException(
                row.File, row.Line,
                $"the task has no text: 'data' is {row["data"]}; expected it to hold '{textColumn}'.")
            : annotation.ValueKind != JsonValueKind.Object
                || !annotation.TryGetProperty("result", out JsonElement result)
            ? throw new DataFileException(
                row.File, row.Line, "the task has no annotation. Export annotated tasks only, or take it out.")
            : (text.GetString()!, result.GetRawText());
    }

    // Label Studio has choices and relations among its results, which have no places.
    private static bool IsPlace(JsonElement item) =>
        item.ValueKind != JsonValueKind.Object || !item.TryGetProperty("value", out JsonElement value)
        || (value.ValueKind == JsonValueKind.Object && value.TryGetProperty("start", out _));

    private static Span SpanOf(JsonElement item, string text)
    {
        if (item.ValueKind == JsonValueKind.Array && item.GetArrayLength() >= 3)
        {
            return Checked(item, text, Number(item[0]), Number(item[1]), Text(item[2]), null);
        }

        bool isResult = item.ValueKind == JsonValueKind.Object && item.TryGetProperty("value", out _);
        JsonElement fields = isResult ? item.GetProperty("value") : item;
        return Checked(
            item, text, Number(Field(fields, Starts)), Number(Field(fields, Ends)), Text(Field(fields, Types)),
            Text(Field(fields, ["text"])));
    }

    private static Span Checked(JsonElement item, string text, int? start, int? end, string? type, string? words)
    {
        if (start is not { } from || end is not { } to || string.IsNullOrWhiteSpace(type))
        {
            throw new FormatException($"found the place {Shown(item)}; expected a start, an end and a type, such as "
                + "[0, 5, \"PER\"] or {\"start\": 0, \"end\": 5, \"label\": \"PER\"}.");
        }

        TextRange place = words is null ? new TextRange(from, to) : PlaceOf(words, text, from, to, item);
        int length = CodePoints.Count(text);
        return from >= 0 && place.Start < place.End && place.End <= length
            && !string.IsNullOrWhiteSpace(CodePoints.Cut(text, place))
            ? new Span(place, type.Trim())
            : throw new FormatException($"the place {Shown(item)} holds no word of the text, which has {length} "
                + "characters; expected the first character and the one after the last, from 0.");
    }

    /// <summary>
    /// Tools in Python count code points, those in JavaScript UTF-16 units; where the words stand beside their place,
    /// they tell which.
    /// </summary>
    private static TextRange PlaceOf(string words, string text, int from, int to, JsonElement item)
    {
        int length = CodePoints.Count(text);
        if (from >= 0 && from < to && to <= length && CodePoints.Cut(text, new TextRange(from, to)) == words)
        {
            return new TextRange(from, to);
        }

        return from >= 0 && from < to && to <= text.Length && text[from..to] == words
            ? new TextRange(CodePoints.Count(text.AsSpan(0, from)), CodePoints.Count(text.AsSpan(0, to)))
            : throw new FormatException(
                $"the place {Shown(item)} does not hold its text '{words}'. Export the annotations again.");
    }

    private static Span[] Ordered(Span[] spans)
    {
        Span[] ordered = [.. spans.Distinct().OrderBy(span => span.Place.Start)];
        for (int i = 1; i < ordered.Length; i++)
        {
            if (ordered[i].Place.Start < ordered[i - 1].Place.End)
            {
                throw new FormatException(
                    $"the entities {ordered[i - 1]} and {ordered[i]} overlap; a word has one tag. Take one out.");
            }
        }

        return ordered;
    }

    private static JsonElement? Field(JsonElement item, string[] names)
    {
        foreach (string name in names)
        {
            if (item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out JsonElement value))
            {
                return value;
            }
        }

        return null;
    }

    private static int? Number(JsonElement? value) =>
        value is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out int whole) ? whole : null;

    private static string? Text(JsonElement? value) =>
        value is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() == 1 ? Text(list[0])
        : value is { ValueKind: JsonValueKind.String } text ? text.GetString()
        : null;

    private static string Shown(JsonElement item)
    {
        string raw = item.GetRawText();
        return raw.Length > 80 ? raw[..80] + "…" : raw;
    }

    /// <summary>An entity by its characters.</summary>
    /// <param name="Place">In code points of the text.</param>
    /// <param name="Type">Its type.</param>
    internal readonly record struct Span(TextRange Place, string Type)
    {
        /// <inheritdoc/>
        public override string ToString() =>
            string.Create(CultureInfo.InvariantCulture, $"[{Place.Start}, {Place.End}, {Type}]");
    }
}
