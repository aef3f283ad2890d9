namespace OrtTrainer.Cli.Parsing;

/// <summary>Turns refusals of option records into the words of the command line.</summary>
internal static class OptionErrors
{
    /// <summary>Builds options; a value that they refuse becomes a usage error that names the option.</summary>
    /// <param name="arguments">The arguments class, whose options are named as those of the option records.</param>
    /// <param name="build">Builds the options.</param>
    /// <param name="given">The options given, dashes included; one of them is meant where several could be.</param>
    /// <exception cref="UsageException">A value is wrong.</exception>
    public static T Guard<T>(Type arguments, Func<T> build, IReadOnlyCollection<string>? given = null)
    {
        try
        {
            return build();
        }
        catch (ArgumentException refused)
        {
            throw new UsageException(Translate(arguments, refused.Message, given ?? []));
        }
    }

    /// <summary>
    /// Puts the option for the property that the message starts with, and for one beside it ("A and B", "A or B"), and
    /// drops what .NET adds at its end.
    /// </summary>
    private static string Translate(Type arguments, string message, IReadOnlyCollection<string> given)
    {
        int end = message.IndexOf(" (Parameter ", StringComparison.Ordinal);
        string text = end < 0 ? message : message[..end];
        string[] words = text.Split(' ');
        if (OptionOf(words[0]) is not { } option)
        {
            return text;
        }

        words[0] = option;
        if (words is [_, "and" or "or", _, "are" or "is", ..])
        {
            words[2] = OptionOf(words[2]) ?? words[2];
        }

        return string.Join(' ', words);

        string? OptionOf(string property) => OptionNames.Find(arguments, property, given);
    }
}
