using System.Globalization;

namespace OrtTrainer.Text.Templates.Values;

/// <summary>What can be gone through, counted and cut.</summary>
internal static class Sequence
{
    /// <summary>The items of a list, the keys of a mapping, the letters of a text; none of what is not
    /// defined.</summary>
    /// <exception cref="TemplateException">The value has no items.</exception>
    public static IReadOnlyList<object?> Of(object? value) => value switch
    {
        List<object?> list => list,
        Mapping mapping => [.. mapping.Keys],
        string text => Letters(text),
        Undefined => [],
        _ => throw new TemplateException($"{ValueText.Kind(value)} has no items to go through."),
    };

    /// <exception cref="TemplateException">The value has no length.</exception>
    public static long Length(object? value) => value switch
    {
        string text => Letters(text).Count,
        _ => Of(value).Count,
    };

    /// <summary>What stands at a place or under a key; undefined where nothing does.</summary>
    public static object? Item(object? value, object? key) => (value, key) switch
    {
        (Undefined missing, _) => throw missing.Missing,
        (Mapping mapping, not null) when mapping.TryGetValue(key, out object? found) => found,
        (List<object?> or string, long index) when Of(value) is var items =>
            Place(index, items.Count) is >= 0 and var place && place < items.Count
                ? items[place]
                : new Undefined($"item {index.ToString(CultureInfo.InvariantCulture)}"),
        _ => new Undefined($"'{ValueText.Of(key)}' of {ValueText.Kind(value)}"),
    };

    /// <summary>A slice as Python cuts it.</summary>
    /// <exception cref="TemplateException">The value cannot be cut, or the step is 0.</exception>
    public static object? Slice(object? value, long? start, long? stop, long step)
    {
        if (value is not (string or List<object?>))
        {
            throw new TemplateException($"{ValueText.Kind(value)} cannot be cut.");
        }

        if (step == 0)
        {
            throw new TemplateException("the step of a slice is 0; expected another number.");
        }

        IReadOnlyList<object?> items = Of(value);
        int count = items.Count;
        (long first, long last) = step > 0
            ? (Clamp(start ?? 0, 0, count), Clamp(stop ?? count, 0, count))
            : (Clamp(start ?? (count - 1), -1, count - 1), stop is { } end ? Clamp(end, -1, count - 1) : -1);
        List<object?> cut = [];
        for (long i = first; step > 0 ? i < last : i > last; i += step)
        {
            cut.Add(items[(int)i]);
        }

        return value is string ? string.Concat(cut) : value is Tuple ? new Tuple(cut) : cut;

        long Clamp(long index, long least, long most) => Math.Clamp(index < 0 ? index + count : index, least, most);
    }

    private static int Place(long index, int count) => (int)Math.Clamp(index < 0 ? index + count : index, -1, count);

    // Python counts code points.
    private static List<object?> Letters(string text) => [.. text.EnumerateRunes().Select(rune => rune.ToString())];
}
