using System.Globalization;
using CommandLine;
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
        string[] completed = WithoutRepeats([.. WithValues([.. Spread(words, typeof(T))], typeof(T))], typeof(T));
        (string[] rest, Dictionary<string, string> settings) = TakeSettings(completed, typeof(T));
        T? parsed = null;
        parser.ParseArguments<T>(rest)
            .WithParsed(arguments => parsed = arguments)
            .WithNotParsed(errors => throw Describe(errors, rest, typeof(T)));
        if (parsed!.Rest.Skip(parsed.Operands).FirstOrDefault() is { } stray)
        {
            throw new UsageException($"{stray} belongs to no option; quote values that contain spaces.");
        }

        parsed.Settings = settings;
        parsed.Given = [.. words.Where(IsOption).Select(NameOf).Distinct()];
        return parsed;
    }

    /// <summary>The words with an option before each of the values of one that takes many.</summary>
    private static IEnumerable<string> Spread(string[] words, Type arguments)
    {
        HashSet<string> many =
            [.. OptionNames.Of(arguments).Where(option => option.TakesMany).Select(option => "--" + option.Name)];
        string? current = null;
        bool hasValue = false;
        foreach (string word in words)
        {
            if (IsOption(word))
            {
                (current, hasValue) = (many.Contains(NameOf(word)) ? NameOf(word) : null, word.Contains('='));
            }
            else if (current is not null && hasValue)
            {
                yield return current;
            }
            else
            {
                hasValue = true;
            }

            yield return word;
        }
    }

    /// <summary>
    /// The words with a value for every option that takes one: the parser would take an option without its value for
    /// one that was not given at all.
    /// </summary>
    private static IEnumerable<string> WithValues(string[] words, Type arguments)
    {
        Dictionary<string, CommandOption> valued = OptionNames.Of(arguments)
            .Where(option => option.Value is not null).ToDictionary(option => "--" + option.Name);
        for (int i = 0; i < words.Length; i++)
        {
            yield return words[i];
            if (!valued.TryGetValue(NameOf(words[i]), out CommandOption? option))
            {
                continue;
            }

            if (words[i].Contains('='))
            {
                SettingValue.RequireNumber(NameOf(words[i]), option.Type, words[i][(words[i].IndexOf('=') + 1)..]);
                continue;
            }

            if (i + 1 < words.Length && !IsOption(words[i + 1]))
            {
                // A value is never an option, whatever it looks like.
                SettingValue.RequireNumber(words[i], option.Type, words[i + 1]);
                yield return words[++i];
                continue;
            }

            yield return option.MayStandAlone
                ? OptionalValueAttribute.LeftOut
                : throw new UsageException($"{words[i]} needs {option.Wanted}.");
        }
    }

    /// <summary>
    /// The words with one option in place of several of a name that may be repeated: its value is all of theirs.
    /// </summary>
    private static string[] WithoutRepeats(string[] words, Type arguments)
    {
        HashSet<string> repeated =
            [.. OptionNames.Of(arguments).Where(option => option.MayRepeat).Select(option => "--" + option.Name)];
        List<string> once = [];
        Dictionary<string, int> places = [];
        for (int i = 0; i < words.Length; i++)
        {
            string name = NameOf(words[i]);
            if (!repeated.Contains(name))
            {
                once.Add(words[i]);
                continue;
            }

            string value = words[i].Length > name.Length ? words[i][(name.Length + 1)..] : words[++i];
            if (places.TryGetValue(name, out int place))
            {
                once[place] += RepeatedAttribute.Between + value;
                continue;
            }

            once.AddRange(name, value);
            places.Add(name, once.Count - 1);
        }

        return [.. once];
    }

    /// <summary>
    /// Takes the options out that set the library's options, with their values; the parser gets the others.
    /// </summary>
    private static (string[] Others, Dictionary<string, string> Settings) TakeSettings(string[] words, Type arguments)
    {
        Dictionary<string, SettingOption> known =
            OptionNames.SettingsOf(arguments).ToDictionary(option => "--" + option.Name);
        HashSet<string> valued =
            [.. OptionNames.Of(arguments).Where(o => o.Value is not null).Select(o => "--" + o.Name)];
        List<string> rest = [];
        Dictionary<string, string> settings = [];
        for (int i = 0; i < words.Length; i++)
        {
            string name = NameOf(words[i]);
            if (!known.TryGetValue(name, out SettingOption? option))
            {
                rest.Add(words[i]);
                if (valued.Contains(words[i]))
                {
                    // The value of another option, whatever it looks like.
                    rest.Add(words[++i]);
                }

                continue;
            }

            bool joined = words[i].Length > name.Length;
            if (joined && option.IsSwitch)
            {
                throw new UsageException($"{name} takes no value; found {words[i]}.");
            }

            string value = joined ? words[i][(name.Length + 1)..] : option.IsSwitch ? "" : words[++i];
            if (!settings.TryAdd(option.Name, value))
            {
                throw new UsageException($"{name} is given twice.");
            }

            SettingValue.RequireNumber(name, option.Type, value);
        }

        return ([.. rest], settings);
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
                $"expected {OptionOf(arguments, bad.NameInfo).Wanted}.",
            RepeatedOptionError repeated => $"--{repeated.NameInfo.LongName} is given twice.",
            BadFormatTokenError token => $"{token.Token} cannot be read; write --option VALUE.",
            _ => $"the command line cannot be read ({error.Tag}).",
        });
    }

    private static string Unknown(string[] words, string token, Type arguments)
    {
        // The parser drops the dashes; the user should see what was typed.
        string typed = words.Select(NameOf).FirstOrDefault(w => w.TrimStart('-') == token) ?? token;
        string? nearest = NearestName.Of(token, OptionNames.Of(arguments).Select(option => option.Name));
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

    private static CommandOption OptionOf(Type arguments, NameInfo name) =>
        OptionNames.Of(arguments).First(option => option.Name == name.LongName);
}
