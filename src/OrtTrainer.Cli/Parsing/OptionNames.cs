using System.Reflection;
using CommandLine;
using OrtTrainer.Cli.Arguments;

namespace OrtTrainer.Cli.Parsing;

/// <summary>
/// The options of an arguments class, in the order of its help: its own, those it shares with some, those of all.
/// </summary>
internal static class OptionNames
{
    public static IReadOnlyList<(PropertyInfo Property, OptionAttribute Option)> Of(Type arguments) =>
    [
        .. Chain(arguments).SelectMany(type =>
            type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Select(property => (property, option: property.GetCustomAttribute<OptionAttribute>()!))
            .Where(pair => pair.option is not null),
    ];

    /// <summary>The option that sets a property of that name; null where there is none.</summary>
    public static string? Find(Type arguments, string property) =>
        Of(arguments).Where(pair => pair.Property.Name == property)
            .Select(pair => "--" + pair.Option.LongName).FirstOrDefault();

    private static IEnumerable<Type> Chain(Type type)
    {
        List<Type> shared = [];
        for (Type? at = type.BaseType; at is not null && at != typeof(CommandArguments); at = at.BaseType)
        {
            shared.Insert(0, at);
        }

        return [type, .. shared, typeof(CommandArguments)];
    }
}
