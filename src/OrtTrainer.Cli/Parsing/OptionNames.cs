using System.Reflection;
using CommandLine;

namespace OrtTrainer.Cli.Parsing;

/// <summary>
/// The options of an arguments class, in the order of its help: its own, with those that set the library's options,
/// then those it shares with some, then those of all.
/// </summary>
internal static class OptionNames
{
    /// <summary>All options of a command.</summary>
    public static IReadOnlyList<CommandOption> Of(Type arguments)
    {
        CommandOption[] all =
            [.. SettingsOf(arguments).Select(setting => setting.Describe()), .. Static(arguments)];
        string[] sections = [.. SectionsOf(arguments), .. all.Select(option => option.Section)];
        return [.. all.OrderBy(option => Array.IndexOf(sections, option.Section))];
    }

    /// <summary>The options of a command that set the library's options.</summary>
    public static IReadOnlyList<SettingOption> SettingsOf(Type arguments) =>
        arguments.GetCustomAttribute<RunSettingsAttribute>() is { } settings
            ? [.. SettingOption.All
                .Where(option => settings.Only is null || option.Settings[0].Section == settings.Only)]
            : [];

    /// <summary>The option that messages of the option records call by that name; null where there is none.</summary>
    /// <param name="arguments">The arguments class.</param>
    /// <param name="property">The name in the message.</param>
    /// <param name="given">The options given, dashes included, one of which it rather is.</param>
    public static string? Find(Type arguments, string property, IReadOnlyCollection<string> given) =>
        Of(arguments).Where(option => option.Properties.Contains(property)).Select(option => "--" + option.Name)
            .OrderByDescending(given.Contains).FirstOrDefault();

    private static IEnumerable<CommandOption> Static(Type arguments)
    {
        string section = "";
        foreach (PropertyInfo property in Chain(arguments).SelectMany(type =>
            type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)))
        {
            section = Find<SectionAttribute>(property)?.Title ?? section;
            if (Find<OptionAttribute>(property) is { } option)
            {
                yield return new CommandOption
                {
                    Name = option.LongName,
                    Value = option.MetaValue is { Length: > 0 } value ? value : null,
                    Help = option.HelpText,
                    Section = section,
                    Type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType,
                    Properties = [property.Name],
                    MayStandAlone = Find<OptionalValueAttribute>(property) is not null,
                    MayRepeat = Find<RepeatedAttribute>(property) is not null,
                    TakesMany = Find<RepeatedAttribute>(property)?.TakesMany == true,
                };
            }
        }
    }

    /// <summary>An attribute of a property, or of the interface that several commands have it from.</summary>
    private static T? Find<T>(PropertyInfo property)
        where T : Attribute => property.GetCustomAttribute<T>()
        ?? property.DeclaringType!.GetInterfaces()
            .Select(shared => shared.GetProperty(property.Name)?.GetCustomAttribute<T>())
            .FirstOrDefault(attribute => attribute is not null);

    private static IReadOnlyList<string> SectionsOf(Type arguments) =>
        arguments.GetCustomAttribute<RunSettingsAttribute>()?.Sections ?? [];

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
