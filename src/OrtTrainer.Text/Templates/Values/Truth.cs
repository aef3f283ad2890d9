namespace OrtTrainer.Text.Templates.Values;

/// <summary>What Python holds for true, equal and less.</summary>
internal static class Truth
{
    public static bool Of(object? value) => value switch
    {
        null or Undefined => false,
        bool flag => flag,
        long number => number != 0,
        double number => number != 0,
        string text => text.Length > 0,
        List<object?> list => list.Count > 0,
        Mapping mapping => mapping.Count > 0,
        _ => true,
    };

    public static bool AreEqual(object? left, object? right) => (left, right) switch
    {
        (null, null) or (Undefined, Undefined) => true,
        (string a, string b) => a == b,
        (List<object?> a, List<object?> b) => a is Tuple == b is Tuple && a.Count == b.Count
            && a.Zip(b).All(pair => AreEqual(pair.First, pair.Second)),
        (Mapping a, Mapping b) => a.Count == b.Count
            && a.All(field => b.TryGetValue(field.Key, out object? other) && AreEqual(field.Value, other)),
        _ when Number(left) is { } a && Number(right) is { } b => a == b,
        _ => ReferenceEquals(left, right),
    };

    /// <summary>Less than 0, 0 or more than 0, as the left is less than, equal to or more than the right.</summary>
    /// <exception cref="TemplateException">They are not of one kind that has an order.</exception>
    public static int Compare(object? left, object? right) => (left, right) switch
    {
        (string a, string b) => string.CompareOrdinal(a, b),
        _ when Number(left) is { } a && Number(right) is { } b => a.CompareTo(b),
        _ => throw new TemplateException(
            $"{ValueText.Kind(left)} and {ValueText.Kind(right)} have no order between them."),
    };

    public static bool Contains(object? container, object? item) => container switch
    {
        string text => item is string part
            ? text.Contains(part, StringComparison.Ordinal)
            : throw new TemplateException($"a text cannot hold {ValueText.Kind(item)}."),
        Mapping mapping => item is not null && mapping.ContainsKey(item),
        _ => Sequence.Of(container).Any(one => AreEqual(one, item)),
    };

    /// <summary>A number or truth value as a number; null for anything else.</summary>
    public static double? Number(object? value) => value switch
    {
        bool flag => flag ? 1 : 0,
        long number => number,
        double number => number,
        _ => null,
    };
}
