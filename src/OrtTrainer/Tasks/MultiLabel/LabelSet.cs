using OrtTrainer.Data;

namespace OrtTrainer.Tasks.MultiLabel;

/// <summary>Several labels in one field: names between separators, or a JSON array of them.</summary>
internal static class LabelSet
{
    /// <summary>The different names in a row's label field; none where it is empty.</summary>
    /// <exception cref="DataFileException">The field is absent or malformed, holds an empty name, or says yes or no of
    /// each label in place of names.</exception>
    public static string[] Read(Example example, string source, string separator)
    {
        string field = LabelFields.Present(example, source);
        string[] names = field.StartsWith('[') ? LabelFields.Items(field, source, example.Line)
            : field.Length == 0 ? []
            : field.Split(separator);
        names = [.. names.Select(name => name.Trim())];
        if (IsVectorOf(["0", "1", "0.0", "1.0"], names) || IsVectorOf(["true", "false", "True", "False"], names))
        {
            throw new DataFileException(
                source,
                example.Line,
                $"the label field {field} says yes or no by position; expected the names of the labels that hold, as "
                + $"[\"first\", \"fourth\"] or first{separator}fourth. Write names in place of positions.");
        }

        return Array.IndexOf(names, string.Empty) < 0
            ? [.. names.Distinct(StringComparer.Ordinal)]
            : throw new DataFileException(
                source,
                example.Line,
                $"the label field '{field}' holds an empty label; expected names joined by '{separator}'.");
    }

    // Numbers may be names, but a name does not hold twice.
    private static bool IsVectorOf(string[] values, string[] names) =>
        names.Length > names.Distinct(StringComparer.Ordinal).Count() && names.All(values.Contains);
}
