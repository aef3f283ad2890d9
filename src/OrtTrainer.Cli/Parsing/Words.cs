using System.Text.Json;
using OrtTrainer.Common;

namespace OrtTrainer.Cli.Parsing;

/// <summary>Enumerations as words of the command line: case, hyphens and underscores do not matter.</summary>
internal static class Words
{
    /// <summary>The value that a word stands for; null for null.</summary>
    /// <exception cref="UsageException">There is no such value; the message lists those there are.</exception>
    public static T? Parse<T>(string option, string? word)
        where T : struct, Enum
    {
        if (word is null)
        {
            return null;
        }

        string spelled = Plain(Aliases.GetValueOrDefault(word.ToLowerInvariant(), word));
        foreach (T value in Enum.GetValues<T>())
        {
            if (Plain(value.ToString()) == spelled)
            {
                return value;
            }
        }

        string[] known = [.. Enum.GetValues<T>().Select(Of)];
        string meant = NearestName.Of(word, known) is { } nearest ? $" Did you mean {nearest}?" : "";
        string all = $"{string.Join(", ", known[..^1])} or {known[^1]}";
        throw new UsageException($"{option} is '{word}'; expected {all}.{meant}");
    }

    /// <summary>The word for a value.</summary>
    public static string Of<T>(T value)
        where T : struct, Enum
    {
        string word = JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
        return Aliases.FirstOrDefault(alias => alias.Value == word).Key ?? word;
    }

    private static Dictionary<string, string> Aliases { get; } = new()
    {
        ["jsonl"] = "json_lines",
        ["finetune"] = "fine_tune",
    };

    private static string Plain(string word) =>
        word.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();
}
