using System.Globalization;
using System.Reflection;
using CommandLine;
using OrtTrainer.Cli.Arguments;
using OrtTrainer.Common;

namespace OrtTrainer.Cli.Parsing;

/// <summary>
/// Reads a command's words into its arguments class; everything that is wrong with them becomes one clear line.
/// </summary>
internal static class ArgumentReader
{
    /// <summary>Parses the words after the verb.</summary>
    /// <exception cref="UsageException">An option is unknown, repeated, without its value or with one of the wrong
    /// kind.</exception>
    public static T Read<T>(string[] words)
        where T : CommandArguments, new()
    {
        using Parser parser = new(settings =>
        {
            settings.AutoHelp = false;
            settings.AutoVersion = false;
            settings.HelpWriter = null;
            settings.ParsingCulture = CultureInfo.InvariantCulture;
        });
        string[] completed = [.. WithValues(words, typeof(T))];
        T? parsed = null;
        parser.ParseArguments<T>(completed)
            .WithParsed(arguments => parsed = arguments)
            .WithNotParsed(errors => throw Describe(errors, completed, typeof(T)));
        if (parsed!.Rest.Skip(parsed.Operands).FirstOrDefault() is { } stray)
        {
            throw new UsageException($"{stray} belongs to no option; quote values that contain spaces.");
        }

        parsed.Given = [.. words.Where(IsOption).Select(NameOf).Distinct()];
        return parsed;
    }

    /// <summary>
    /// The words with a value for every option that takes one: the parser would take an option without its value for
    /// one that was not given at all.
    /// </summary>
    private static IEnumerable<string> WithValues(string[] words, Type arguments)
    {
        Dictionary<string, PropertyInfo> valued = OptionNames.Of(arguments)
            .Where(pair => pair.Property.PropertyType != typeof(bool))
            .ToDictionary(pair => "--" + pair.Option.LongName, pair => pair.Property);
        for (int i = 0; i < words.Length; i++)
        {
            yield return words[i];
            if (!valued.TryGetValue(words[i], out PropertyInfo? property))
            {
                continue;
            }

            if (i + 1 < words.Length && !IsOption(words[i + 1]))
            {
                // A value is never an option, whatever it looks like.
                yield return words[++i];
                continue;
            }

            yield return Attribute.IsDefined(property, typeof(OptionalValueAttribute))
                ? OptionalValueAttribute.LeftOut
                : throw new UsageException($"{words[i]} needs {Wanted(property)}.");
        }
    }

    private static bool IsOption(string word) => word.StartsWith("--", StringComparison.Ordinal) && word.Length > 2;

    private static string NameOf(string word) => word.Split('=')[0];

    private static UsageException Describe(IEnumerable<Error> errors, string[] words, Type arguments)
    {
        Error error = errors.FirstOrDefault(e => e is UnknownOptionError) ?? errors.First();
        return new UsageException(error switch
        {
            UnknownOptionError unknown => Unknown(words, unknown.Token, arguments),
            BadFormatConversionError bad => $"--{bad.NameInfo.LongName} is '{ValueOf(words, bad.NameInfo)}'; " +
                $"expected {Wanted(PropertyOf(arguments, bad.NameInfo))}.",
            RepeatedOptionError repeated => $"--{repeated.NameInfo.LongName} is given twice.",
            BadFormatTokenError token => $"{token.Token} cannot be read; write --option VALUE.",
            _ => $"the command line cannot be read ({error.Tag}).",
        });
    }

    private static string Unknown(string[] words, string token, Type arguments)
    {
        // The parser drops the dashes; the user should see what was typed.
        string typed = words.Select(NameOf).FirstOrDefault(w => w.TrimStart('-') == token) ?? token;
        string? nearest = NearestName.Of(token, OptionNames.Of(arguments).Select(pair => pair.Option.LongName));
        return nearest is not null
            ? $"{typed} is unknown; did you mean --{nearest}?"
            : $"{typed} is unknown; see --help.";
    }

    private static string ValueOf(string[] words, NameInfo name)
    {
        string option = "--" + name.LongName;
        int at = Array.FindIndex(words, w => NameOf(w) == option);
        return at < 0 ? ""
            : words[at].Contains('=') ? words[at][(option.Length + 1)..]
            : words.ElementAtOrDefault(at + 1) ?? "";
    }

    private static PropertyInfo PropertyOf(Type arguments, NameInfo name) =>
        OptionNames.Of(arguments).First(pair => pair.Option.LongName == name.LongName).Property;

    private static string Wanted(PropertyInfo property)
    {
        Type type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        return type == typeof(int) || type == typeof(long) ? "a whole number"
            : type == typeof(double) ? "a number"
            : "a value";
    }
}
