using OrtTrainer.Common;

namespace OrtTrainer.Cli.Parsing;

/// <summary>Enumerations as words of the command line: case, hyphens and underscores do not matter.</summary>
internal static class Words
{
    /// <summary>The value that a word stands for; null for null.</summary>
    /// <exception cref="UsageException">There is no such value; the message lists those there are.</exception>
    public static T? Parse<T>(string option, string? word)
        where T : struct, Enum => word is null ? null : (T)Parse(typeof(T), option, word);

    /// <summary>The value of an enumeration that a word stands for.</summary>
    /// <exception cref="UsageException">There is no such value; the message lists those there are.</exception>
    public static Enum Parse(Type type, string option, string word)
    {
        string spelled = OptionWords.Plain(Aliases.GetValueOrDefault(word.ToLowerInvariant(), word));
        Enum[] values = [.. Enum.GetValues(type).Cast<Enum>()];
        if (values.FirstOrDefault(value => OptionWords.Plain(value.ToString()) == spelled) is { } found)
        {
            return found;
        }

        string[] known = [.. values.Select(Of)];
        string meant = NearestName.Of(word, known) is { } nearest ? $" Did you mean {nearest}?" : "";
        string all = $"{string.Join(", ", known[..^1])} or {known[^1]}";
        throw new UsageException($"{option} is '{word}'; expected {all}.{meant}");
    }

    /// <summary>The word for a value.</summary>
    public static string Of(Enum value)
    {
        string word = OptionWords.Of(value);
        return Aliases.FirstOrDefault(alias => alias.Value == word).Key ?? word;
    }

    private static Dictionary<string, string> Aliases { get; } = new()
    {
        ["jsonl"] = "json_lines",
    };
}
