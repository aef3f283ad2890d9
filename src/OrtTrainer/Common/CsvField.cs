namespace OrtTrainer.Common;

/// <summary>A field of a line of comma-separated values.</summary>
internal static class CsvField
{
    /// <summary>The field as RFC 4180 writes it: in quotes where it holds a comma, a quote or a line break.</summary>
    public static string Of(string text) => Of(text, ',');

    /// <summary>The same where another character stands between fields.</summary>
    public static string Of(string text, char delimiter) => text.AsSpan().ContainsAny([delimiter, '"', '\r', '\n'])
        ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
        : text;
}
