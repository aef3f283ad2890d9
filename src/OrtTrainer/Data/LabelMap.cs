using System.Globalization;

namespace OrtTrainer.Data;

/// <summary>The names of a task's labels in the order of the model's outputs.</summary>
internal sealed class LabelMap
{
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly bool _acceptsIds;

    private LabelMap(IReadOnlyList<string> names, bool acceptsIds)
    {
        Names = names;
        for (int id = 0; id < names.Count; id++)
        {
            if (names[id].Length == 0 || !_ids.TryAdd(names[id], id))
            {
                throw new ArgumentException(
                    $"Label {id} is named '{names[id]}': names must be given, and be different.");
            }
        }

        _acceptsIds = acceptsIds && !names.Any(name => Number(name) is not null);
    }

    /// <summary>The names; a name's index is its id.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The number of labels.</summary>
    public int Count => Names.Count;

    /// <summary>
    /// The labels of a model, in its order (id2label). Where none of the names is itself a number, data may also give
    /// ids.
    /// </summary>
    /// <exception cref="ArgumentException">A name is empty or comes twice.</exception>
    public static LabelMap OfModel(IReadOnlyList<string> names) => new([.. names], acceptsIds: true);

    /// <summary>
    /// The labels found in data, names kept as written: in ascending order where all are integers, else in ordinal
    /// order, so that ids never depend on the order of rows or on a culture.
    /// </summary>
    /// <exception cref="ArgumentException">A name is empty.</exception>
    public static LabelMap OfData(IEnumerable<string> labels)
    {
        List<string> names = [.. labels.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return new LabelMap(
            names.All(name => Number(name) is not null) ? [.. names.OrderBy(Number)] : names,
            acceptsIds: false);
    }

    /// <summary>The id of a label as data writes it, or -1.</summary>
    public int IdOf(string label) =>
        _ids.TryGetValue(label, out int id) ? id
        : _acceptsIds && Number(label) is { } number && number >= 0 && number < Count ? (int)number
        : -1;

    private static long? Number(string name) =>
        long.TryParse(name, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            ? number
            : null;
}
