using OrtTrainer.Common;

namespace OrtTrainer.Data;

/// <summary>The names of a table's columns, left to right.</summary>
public sealed class TableColumns
{
    private readonly Dictionary<string, int> _indices;

    /// <exception cref="ArgumentException">Two columns have the same name.</exception>
    public TableColumns(IReadOnlyList<string> names)
    {
        Names = names;
        _indices = new Dictionary<string, int>(names.Count, StringComparer.Ordinal);
        for (int index = 0; index < names.Count; index++)
        {
            if (!_indices.TryAdd(names[index], index))
            {
                throw new ArgumentException(
                    $"columns {_indices[names[index]] + 1} and {index + 1} are both named '{names[index]}'.");
            }
        }
    }

    /// <summary>The names, left to right.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The 0-based index of a column, or -1.</summary>
    public int IndexOf(string name) => _indices.GetValueOrDefault(name, -1);

    /// <summary>Says that a column is absent, which one may have been meant and which are there.</summary>
    internal string DescribeAbsence(string name)
    {
        string meant = NearestName.Of(name, Names) is { } nearest ? $" Did you mean '{nearest}'?" : string.Empty;
        return $"there is no column '{name}'.{meant} Columns present: {string.Join(", ", Names)}. "
            + "For a file without a header line, name its columns left to right.";
    }
}
