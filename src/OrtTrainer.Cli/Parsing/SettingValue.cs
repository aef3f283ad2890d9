using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Common;
using OrtTrainer.Methods;
using OrtTrainer.Options;

namespace OrtTrainer.Cli.Parsing;

/// <summary>Values of options as options.json has them.</summary>
internal static class SettingValue
{
    /// <summary>The value that a word stands for.</summary>
    /// <param name="option">The option, for messages.</param>
    /// <param name="setting">What it sets.</param>
    /// <param name="word">The word; empty for a switch.</param>
    /// <exception cref="UsageException">The word is no such value.</exception>
    /// <exception cref="ArgumentException">It is a value that is refused.</exception>
    public static JsonNode Of(string option, RunSetting setting, string word)
    {
        Type type = setting.Type;
        return setting.About.IsSwitch ? JsonValue.Create(!(bool)setting.Default!)
            : type == typeof(bool) ? JsonValue.Create(YesOrNo(option, word))
            : type == typeof(double) ? JsonValue.Create(Finite(option, word))
            : type == typeof(int) || type == typeof(long)
                ? JsonValue.Create(Number<long>(option, word, "a whole number"))
            : type.IsEnum ? JsonValue.Create(OptionWords.Of(Words.Parse(type, option, word)))
            : type == typeof(FineTuneMethod) ? JsonValue.Create(FineTuneMethod.Parse(word).ToString())
            : type == typeof(ClassWeights) ? Weights(option, word)
            : type == typeof(IReadOnlyList<int>) ? Layers(option, word)
            : JsonValue.Create(word);
    }

    /// <summary>Refuses a word that is no number where one is wanted.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static void RequireNumber(string option, Type type, string word)
    {
        if (type == typeof(double))
        {
            _ = Number<double>(option, word, "a number");
        }
        else if (type == typeof(int) || type == typeof(long))
        {
            _ = Number<long>(option, word, "a whole number");
        }
    }

    private static bool YesOrNo(string option, string word) => word switch
    {
        "yes" => true,
        "no" => false,
        _ => throw new UsageException($"{option} is '{word}'; expected yes or no."),
    };

    private static double Finite(string option, string word)
    {
        double number = Number<double>(option, word, "a number");
        return double.IsFinite(number)
            ? number
            : throw new UsageException(
                FormattableString.Invariant($"{option} is {number}; expected a finite number."));
    }

    // Without separators of thousands, as which the comma of 0,001 would pass.
    private static T Number<T>(string option, string word, string expected)
        where T : struct, INumber<T> => T.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out T number)
        ? number
        : throw new UsageException($"{option} is '{word}'; expected {expected}.");

    private static JsonNode Weights(string option, string word)
    {
        try
        {
            return JsonSerializer.SerializeToNode(ClassWeights.Parse(word), RunJson.Options)!;
        }
        catch (FormatException malformed)
        {
            throw new UsageException($"{option} {malformed.Message}");
        }
    }

    private static JsonArray Layers(string option, string word) => [.. word.Split(',').Select(layer =>
        int.TryParse(layer, CultureInfo.InvariantCulture, out int number)
            ? JsonValue.Create(number)
            : throw new UsageException($"{option} is '{word}'; expected numbers between commas, such as 0,2,4."))];
}
