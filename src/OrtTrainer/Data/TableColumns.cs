using OrtTrainer.Common;

namespace OrtTrainer.Data;

/// <summary>The names of a table's columns, left to right.</summary>
internal sealed class TableColumns
{
    private const int Repeated = -2;

    private readonly Dictionary<string, int> _indices;

    /// <param name="names">
    /// The names. Some may be empty or repeated, as spreadsheets leave them; only a column that is asked for needs a
    /// name of its own.
    /// </param>
    public TableColumns(IReadOnlyList<string> names)
    {
        Names = names;
        _indices = new Dictionary<string, int>(names.Count, StringComparer.Ordinal);
        for (int index = 0; index < names.Count; index++)
        {
            if (!_indices.TryAdd(names[index], index))
            {
                _indices[names[index]] = Repeated;
            }
        }
    }

    /// <summary>The names, left to right.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Whether numbers in the fields may have a decimal comma, as where semicolons separate them.</summary>
    internal bool DecimalComma { get; init; }

    /// <summary>The 0-based index of the one column with this name, or a negative number.</summary>
    public int IndexOf(string name) => _indices.GetValueOrDefault(name, -1);

    /// <summary>
    /// Says that a column is absent, which one may have been meant and which are there; or that there are several.
    /// </summary>
    internal string DescribeAbsence(string name)
    {
        if (_indices.GetValueOrDefault(name) == Repeated)
        {
            int[] places = [.. Enumerable.Range(1, Names.Count).Where(place => Names[place - 1] == name)];
            return $"columns {string.Join(", ", places[..^1])} and {places[^1]} have the same name '{name}'. Rename "
                + "all but one, or name the columns yourself.";
        }

        string[] named = [.. Names.Where(given => given.Length > 0)];
        int nameless = Names.Count - named.Length;
        string others = nameless > 0 ? $" and {nameless} without a name" : string.Empty;
        string meant = NearestName.Of(name, named) is { } nearest ? $" Did you mean '{nearest}'?" : string.Empty;
        return $"there is no column '{name}'.{meant} Columns present: {string.Join(", ", named)}{others}. "
            + "Name the one that is meant (--text, --pair, --label). For a file without a header line, name its "
            + "columns left to right (--columns).";
    }
}
