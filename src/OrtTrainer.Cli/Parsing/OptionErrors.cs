namespace OrtTrainer.Cli.Parsing;

/// <summary>Turns refusals of option records into the words of the command line.</summary>
internal static class OptionErrors
{
    /// <summary>Builds options; a value that they refuse becomes a usage error that names the option.</summary>
    /// <param name="arguments">The arguments class, whose properties are named as those of the option records.</param>
    /// <param name="build">Builds the options.</param>
    /// <exception cref="UsageException">A value is wrong.</exception>
    public static T Guard<T>(Type arguments, Func<T> build)
    {
        try
        {
            return build();
        }
        catch (ArgumentException refused)
        {
            throw new UsageException(Translate(arguments, refused.Message));
        }
    }

    /// <summary>
    /// Puts the option for the property that the message starts with, and drops what .NET adds at its end.
    /// </summary>
    private static string Translate(Type arguments, string message)
    {
        int end = message.IndexOf(" (Parameter ", StringComparison.Ordinal);
        string text = end < 0 ? message : message[..end];
        string first = text.Split(' ')[0];
        return OptionNames.Find(arguments, first) is { } option ? option + text[first.Length..] : text;
    }
}
