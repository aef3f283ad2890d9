using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using OrtTrainer.Formats;

namespace OrtTrainer.Data.Sources;

/// <summary>
/// Rows of a table whose columns have types, as if they had come from JSON: texts as they are, numbers and the like as
/// JSON writes them, lists and structures as JSON.
/// </summary>
internal static class ColumnarRows
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Reads a table; rows are counted from 1.</summary>
    /// <param name="table">The table.</param>
    /// <param name="file">The file as the user named it.</param>
    /// <exception cref="DataFileException">The file is damaged.</exception>
    public static IEnumerable<DataRow> Read(ColumnarTable table, string file)
    {
        TableColumns columns = new(table.Columns);
        int number = 0;
        foreach (object?[] values in Guarded(table.Rows, file))
        {
            string[] texts = new string[values.Length];
            FieldKind[] kinds = new FieldKind[values.Length];
            bool areTexts = true;
            for (int i = 0; i < values.Length; i++)
            {
                (texts[i], kinds[i]) = FieldOf(values[i]);
                areTexts &= kinds[i] == FieldKind.Text;
            }

            yield return new DataRow(file, ++number, columns, texts, areTexts ? null : kinds);
        }
    }

    /// <summary>Says that a file is damaged.</summary>
    public static DataFileException Damaged(string file, Exception cause) => new(
        file, null, $"{cause.Message.TrimEnd('.')}. It may be cut off: copy or download it again.", cause);

    private static IEnumerable<object?[]> Guarded(IEnumerable<object?[]> rows, string file)
    {
        using IEnumerator<object?[]> reader = rows.GetEnumerator();
        while (true)
        {
            try
            {
                if (!reader.MoveNext())
                {
                    yield break;
                }
            }
            catch (InvalidDataException damaged)
            {
                throw Damaged(file, damaged);
            }

            yield return reader.Current;
        }
    }

    private static (string Text, FieldKind Kind) FieldOf(object? value) => value switch
    {
        null => (string.Empty, FieldKind.Null),
        string text => (text, FieldKind.Text),
        bool flag => (flag ? "true" : "false", FieldKind.Boolean),
        DateTime time => (time.ToString("s", CultureInfo.InvariantCulture), FieldKind.Text),
        TimeSpan time => (time.ToString("c", CultureInfo.InvariantCulture), FieldKind.Text),
        byte[] bytes => (Shown(bytes), FieldKind.Object),
        List<object?> or Dictionary<string, object?> =>
            (Json(value), value is List<object?> ? FieldKind.List : FieldKind.Object),
        IFormattable number => (number.ToString(null, CultureInfo.InvariantCulture), FieldKind.Number),
        _ => throw new InvalidDataException($"a value has the type {value.GetType().Name}, which is not read"),
    };

    private static string Shown(byte[] bytes) => FormattableString.Invariant($"({bytes.Length} bytes)");

    private static string Json(object value)
    {
        using MemoryStream content = new();
        using (Utf8JsonWriter writer = new(content, Plain))
        {
            Write(writer, value);
        }

        return Encoding.UTF8.GetString(content.GetBuffer().AsSpan(0, (int)content.Length));
    }

    private static void Write(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case List<object?> items:
                writer.WriteStartArray();
                items.ForEach(item => Write(writer, item));
                writer.WriteEndArray();
                break;
            case Dictionary<string, object?> fields:
                writer.WriteStartObject();
                foreach ((string name, object? field) in fields)
                {
                    writer.WritePropertyName(name);
                    Write(writer, field);
                }

                writer.WriteEndObject();
                break;
            default:
                WriteField(writer, FieldOf(value));
                break;
        }
    }

    private static void WriteField(Utf8JsonWriter writer, (string Text, FieldKind Kind) field)
    {
        switch (field.Kind)
        {
            case FieldKind.Null:
                writer.WriteNullValue();
                break;
            case FieldKind.Number when double.TryParse(field.Text, CultureInfo.InvariantCulture, out double number)
                && double.IsFinite(number):
                writer.WriteRawValue(field.Text);
                break;
            case FieldKind.Boolean:
                writer.WriteBooleanValue(field.Text == "true");
                break;
            default:
                writer.WriteStringValue(field.Text);
                break;
        }
    }
}
