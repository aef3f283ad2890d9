using OrtTrainer.Data;

namespace OrtTrainer.Tasks.MultiLabel;

/// <summary>Several labels in one field: names between separators, or a JSON array of them.</summary>
internal static class LabelSet
{
    /// <summary>The different names in a row's label field; none where it is empty.</summary>
    /// <exception cref="DataFileException">The field is absent or malformed, holds an empty name, or is a vector of
    /// zeros and ones.</exception>
    public static string[] Read(Example example, string source, string separator)
    {
        string field = LabelFields.Present(example, source);
        string[] names = field.StartsWith('[') ? LabelFields.Items(field, source, example.Line)
            : field.Length == 0 ? []
            : field.Split(separator);
        names = [.. names.Select(name => name.Trim())];
        if (field.StartsWith('[') && IsIndicator(names))
        {
            throw new DataFileException(
                source,
                example.Line,
                $"the label field {field} is a vector of zeros and ones; expected the names of the labels that hold, "
                + "as [\"first\", \"fourth\"]. Write names in place of positions.");
        }

        return Array.IndexOf(names, string.Empty) < 0
            ? [.. names.Distinct(StringComparer.Ordinal)]
            : throw new DataFileException(
                source,
                example.Line,
                $"the label field '{field}' holds an empty label; expected names joined by '{separator}'.");
    }

    // Numbers may be names, but a name does not hold twice.
    private static bool IsIndicator(string[] names) =>
        names.Length > names.Distinct(StringComparer.Ordinal).Count()
        && names.All(name => name is "0" or "1" or "0.0" or "1.0");
}
