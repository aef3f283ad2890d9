using System.Globalization;
using System.Text;

namespace OrtTrainer.Text.Templates.Values;

/// <summary>Values as texts: as Python writes them, and as JSON.</summary>
internal static class ValueText
{
    /// <summary>What Python's str() gives.</summary>
    public static string Of(object? value) => value switch
    {
        string text => text,
        Undefined => "",
        _ => Write(value, json: false, indent: null),
    };

    /// <summary>What Python's json.dumps gives without escapes of letters.</summary>
    /// <param name="value">The value.</param>
    /// <param name="indent">Blanks per level; null for one line.</param>
    /// <exception cref="TemplateException">The value has no form in JSON.</exception>
    public static string Json(object? value, int? indent) => Write(value, json: true, indent);

    /// <summary>The kind of a value, for messages.</summary>
    public static string Kind(object? value) => value switch
    {
        null => "none",
        Undefined => "what is not defined",
        bool => "a truth value",
        long or double => "a number",
        string => "a text",
        List<object?> => "a list",
        Mapping => "a mapping",
        Function => "a function",
        _ => "an object",
    };

    private static string Write(object? value, bool json, int? indent)
    {
        StringBuilder text = new();
        Append(text, value, json, indent, level: 0);
        return text.ToString();
    }

    private static void Append(StringBuilder text, object? value, bool json, int? indent, int level)
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (value)
        {
            case null:
                text.Append(json ? "null" : "None");
                break;
            case bool flag:
                text.Append(json ? flag ? "true" : "false" : flag ? "True" : "False");
                break;
            case long number:
                text.Append(CultureInfo.InvariantCulture, $"{number}");
                break;
            case double number:
                text.Append(Float(number));
                break;
            case string written:
                AppendQuoted(text, written, json);
                break;
            case Tuple { Count: 1 } tuple when !json:
                text.Append('(');
                Append(text, tuple[0], json, indent, level + 1);
                text.Append(",)");
                break;
            case List<object?> list:
                AppendAll(text, list is Tuple && !json ? "()" : "[]", list, json ? indent : null, level,
                    item => Append(text, item, json, indent, level + 1));
                break;
            case Mapping mapping:
                AppendAll(text, "{}", mapping, json ? indent : null, level, field =>
                {
                    Append(text, json ? Of(field.Key) : field.Key, json, indent, level + 1);
                    text.Append(": ");
                    Append(text, field.Value, json, indent, level + 1);
                });
                break;
            default:
                throw value is Undefined missing ? missing.Missing
                    : new TemplateException($"{Kind(value)} cannot be written.");
        }
    }

    private static void AppendAll<T>(
        StringBuilder text, string brackets, IReadOnlyCollection<T> items, int? indent, int level, Action<T> append)
    {
        text.Append(brackets[0]);
        int written = 0;
        foreach (T item in items)
        {
            text.Append(written++ == 0 ? "" : indent is null ? ", " : ",");
            Break(level + 1);
            append(item);
        }

        if (written > 0)
        {
            Break(level);
        }

        text.Append(brackets[1]);

        void Break(int depth)
        {
            if (indent is { } width)
            {
                text.Append('\n').Append(' ', width * depth);
            }
        }
    }

    // Python writes 1.0 where .NET writes 1.
    private static string Float(double number) => number.ToString("R", CultureInfo.InvariantCulture) is var shortest
        && shortest.AsSpan().ContainsAnyExcept("-0123456789") ? shortest : shortest + ".0";

    private static void AppendQuoted(StringBuilder text, string written, bool json)
    {
        char quote = json || (written.Contains('\'') && !written.Contains('"')) ? '"' : '\'';
        text.Append(quote);
        foreach (char letter in written)
        {
            _ = letter switch
            {
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                '\b' when json => text.Append("\\b"),
                '\f' when json => text.Append("\\f"),
                _ when letter == quote => text.Append('\\').Append(quote),
                < ' ' => text.Append(json ? $"\\u{(int)letter:x4}" : $"\\x{(int)letter:x2}"),
                _ => text.Append(letter),
            };
        }

        text.Append(quote);
    }
}
