using System.Globalization;
using System.Text.Json.Nodes;

namespace OrtTrainer.Studies.Tuning;

/// <summary>What of a search is told in a few words.</summary>
internal static class TuneWords
{
    /// <summary>A score, or a dash.</summary>
    public static string Score(double? score) => score?.ToString("0.0000", CultureInfo.InvariantCulture) ?? "–";

    /// <summary>Settings as <c>learning_rate 3.2e-05, epochs 3</c>.</summary>
    public static string Settings(JsonObject settings) => settings.Count == 0
        ? "the default settings"
        : string.Join(", ", Flat(settings, "").Select(pair => $"{pair.Name} {pair.Value}"));

    /// <summary>The test's verdict on the best settings, in a sentence.</summary>
    public static string Verdict(TestResult test)
    {
        string numbers = string.Create(CultureInfo.InvariantCulture,
            $"{test.Metric} {Score(test.Best)} against {Score(test.Default)} on the {test.Examples} test examples");
        return test.Verdict switch
        {
            "beats" => $"The best settings beat the default settings: {numbers}.",
            "loses" => $"The best settings lose to the default settings: {numbers}.",
            _ => $"No difference from the default settings is shown: {numbers}.",
        };
    }

    private static IEnumerable<(string Name, string Value)> Flat(JsonObject settings, string prefix) =>
        settings.SelectMany(pair => pair.Value is JsonObject inner
            ? Flat(inner, $"{prefix}{pair.Key}.")
            : [($"{prefix}{pair.Key}", pair.Value is JsonValue text && text.TryGetValue(out string? word)
                ? word
                : pair.Value?.ToJsonString() ?? "null")]);
}
