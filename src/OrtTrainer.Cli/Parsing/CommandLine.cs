using System.Globalization;
using CommandLine;
using OrtTrainer.Cli.Arguments;
using OrtTrainer.Data;

namespace OrtTrainer.Cli.Parsing;

/// <summary>Reads a command's words into its arguments class; everything that is wrong with them becomes one clear line.</summary>
internal static class CommandLine
{
    /// <summary>Parses the words after the verb.</summary>
    /// <exception cref="UsageException">An option is unknown, repeated, without its value or with one of the wrong kind.</exception>
    public static T Parse<T>(string[] words)
        where T : CommonArguments, new()
    {
        using Parser parser = new(settings =>
        {
            settings.AutoHelp = false;
            settings.AutoVersion = false;
            settings.HelpWriter = null;
            settings.ParsingCulture = CultureInfo.InvariantCulture;
        });
        string[] completed = [.. WithOptionalValues<T>(words)];
        T? parsed = null;
        parser.ParseArguments<T>(completed)
            .WithParsed(arguments => parsed = arguments)
            .WithNotParsed(errors => throw Describe(errors, completed, typeof(T)));
        if (parsed!.Rest.FirstOrDefault() is { } stray)
        {
            throw new UsageException($"{stray} belongs to no option; quote values that contain spaces.");
        }

        parsed.Given = [.. words.Where(IsOption).Select(NameOf).Distinct()];
        return parsed;
    }

    /// <summary>Gives options whose value may be left out an empty one.</summary>
    private static IEnumerable<string> WithOptionalValues<T>(string[] words)
        where T : CommonArguments, new()
    {
        HashSet<string> optional = [.. OptionNames.Of(typeof(T))
            .Where(pair => Attribute.IsDefined(pair.Property, typeof(OptionalValueAttribute)))
            .Select(pair => "--" + pair.Option.LongName)];
        for (int i = 0; i < words.Length; i++)
        {
            yield return words[i];
            if (optional.Contains(words[i]) && (i + 1 == words.Length || IsOption(words[i + 1])))
            {
                yield return OptionalValueAttribute.LeftOut;
            }
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
            MissingValueOptionError missing => $"--{missing.NameInfo.LongName} needs {Wanted(arguments, missing.NameInfo)}.",
            BadFormatConversionError bad =>
                $"--{bad.NameInfo.LongName} is '{ValueOf(words, bad.NameInfo)}'; expected {Wanted(arguments, bad.NameInfo)}.",
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
        return nearest is not null ? $"{typed} is unknown; did you mean --{nearest}?" : $"{typed} is unknown; see --help.";
    }

    private static string ValueOf(string[] words, NameInfo name)
    {
        string option = "--" + name.LongName;
        int at = Array.FindIndex(words, w => NameOf(w) == option);
        return at < 0 ? "" : words[at].Contains('=') ? words[at][(option.Length + 1)..] : words.ElementAtOrDefault(at + 1) ?? "";
    }

    private static string Wanted(Type arguments, NameInfo name)
    {
        (var property, OptionAttribute option) = OptionNames.Of(arguments).First(pair => pair.Option.LongName == name.LongName);
        Type type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        return type == typeof(int) || type == typeof(long) ? "a whole number"
            : type == typeof(double) ? "a number"
            : $"a value: --{option.LongName} {option.MetaValue}";
    }
}
