using System.Collections;
using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Text.Json.Serialization;

namespace OrtTrainer.Common;

/// <summary>
/// What records say of themselves in a log: as the compiler's text, but with the contents of lists and dictionaries
/// instead of their types' names, and numbers alike in every culture.
/// </summary>
internal static class RecordText
{
    private const int Shown = 20;

    private static readonly ConcurrentDictionary<Type, PropertyInfo[]> Properties = new();

    /// <summary>The record's name and its properties: <c>Name { Property = value, … }</c>.</summary>
    public static string Of(object record)
    {
        Type type = record.GetType();
        PropertyInfo[] properties = Properties.GetOrAdd(type, Printed);
        IEnumerable<string> parts =
            properties.Select(property => $"{property.Name} = {Value(property.GetValue(record))}");
        return properties.Length == 0 ? $"{type.Name} {{ }}" : $"{type.Name} {{ {string.Join(", ", parts)} }}";
    }

    private static PropertyInfo[] Printed(Type type) =>
    [
        .. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property =>
            property.GetIndexParameters().Length == 0
            && property.GetCustomAttribute<JsonIgnoreAttribute>() is null
            // A property that is computed may throw, or take long.
            && property.CanWrite),
    ];

    private static string Value(object? value) => value switch
    {
        null => "null",
        string text => text,
        IDictionary dictionary => Braced(dictionary.Keys.Cast<object>().Select(key => (key, dictionary[key]))),
        IEnumerable items when IsPairs(items) => Braced(items.Cast<object>().Select(Pair)),
        IEnumerable items => Listed(items.Cast<object?>().Select(Value), '[', ']'),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private static bool IsPairs(IEnumerable items) => items.GetType().GetInterfaces().Any(contract =>
        contract.IsGenericType && contract.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>));

    private static (object Key, object? Value) Pair(object pair)
    {
        Type type = pair.GetType();
        return (type.GetProperty("Key")!.GetValue(pair)!, type.GetProperty("Value")!.GetValue(pair));
    }

    private static string Braced(IEnumerable<(object Key, object? Value)> pairs) =>
        Listed(pairs.Select(pair => $"{Value(pair.Key)}: {Value(pair.Value)}"), '{', '}');

    private static string Listed(IEnumerable<string> items, char open, char close)
    {
        string[] all = [.. items];
        string rest = all.Length > Shown ? $", … {all.Length} in all" : "";
        return $"{open}{string.Join(", ", all.Take(Shown))}{rest}{close}";
    }
}
