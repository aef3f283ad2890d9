using System.Reflection;
using CommandLine;

namespace OrtTrainer.Cli.Parsing;

/// <summary>The options of an arguments class, in the order they are declared, a base class's last.</summary>
internal static class OptionNames
{
    public static IReadOnlyList<(PropertyInfo Property, OptionAttribute Option)> Of(Type arguments) =>
    [
        .. Chain(arguments).SelectMany(type => type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Select(property => (property, option: property.GetCustomAttribute<OptionAttribute>()!))
            .Where(pair => pair.option is not null),
    ];

    /// <summary>The option that sets a property of that name; null where there is none.</summary>
    public static string? Find(Type arguments, string property) =>
        Of(arguments).Where(pair => pair.Property.Name == property).Select(pair => "--" + pair.Option.LongName).FirstOrDefault();

    private static IEnumerable<Type> Chain(Type type)
    {
        for (Type? at = type; at is not null && at != typeof(object); at = at.BaseType)
        {
            yield return at;
        }
    }
}
