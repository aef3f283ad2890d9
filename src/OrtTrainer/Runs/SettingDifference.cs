using System.Text.Json;
using OrtTrainer.Common;
using OrtTrainer.Options;

namespace OrtTrainer.Runs;

/// <summary>A setting in which two runs differ.</summary>
/// <param name="Name">Its name in options.json, nested names joined by dots.</param>
/// <param name="First">Its value in the first run, as JSON; null where the file does not have it.</param>
/// <param name="Second">Its value in the second run, as JSON; null where the file does not have it.</param>
internal sealed record SettingDifference(string Name, string? First, string? Second)
{
    /// <summary>All settings in which two finished runs differ, in the order of the first; where they write to is
    /// none.</summary>
    /// <param name="first">Output folder of the first run.</param>
    /// <param name="second">Output folder of the second run.</param>
    /// <exception cref="RunException">A run's options cannot be read.</exception>
    public static IReadOnlyList<SettingDifference> Between(string first, string second) =>
        Between(Read(first), Read(second));

    /// <summary>All settings in which two runs differ, in the order of the first; those of methods that a run does not
    /// use are none of its settings.</summary>
    internal static IReadOnlyList<SettingDifference> Between(FineTuneOptions first, FineTuneOptions second) =>
        Between(Flatten(first), Flatten(second));

    private static List<SettingDifference> Between(Dictionary<string, string> a, Dictionary<string, string> b) =>
    [
        .. a.Keys.Union(b.Keys)
            .Where(name => name != "output" && a.GetValueOrDefault(name) != b.GetValueOrDefault(name))
            .Select(name => new SettingDifference(name, a.GetValueOrDefault(name), b.GetValueOrDefault(name))),
    ];

    /// <summary>The settings of a run, as JSON by dotted name.</summary>
    internal static Dictionary<string, string> Flatten(FineTuneOptions options)
    {
        using JsonDocument document = JsonSerializer.SerializeToDocument(options.ToJson(), RunJson.Options);
        return Flatten("", document.RootElement).ToDictionary(pair => pair.Name, pair => pair.Value);
    }

    /// <summary>Values by dotted name: read as plain JSON, so that no setting is overlooked.</summary>
    private static Dictionary<string, string> Read(string folder)
    {
        string file = RunFolder.OptionsFileOf(folder);
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllText(file));
            return Flatten("", document.RootElement).ToDictionary(pair => pair.Name, pair => pair.Value);
        }
        catch (Exception cause) when (cause is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new RunException($"{file}: the options of the run cannot be read: {cause.Message}", cause);
        }
    }

    private static IEnumerable<(string Name, string Value)> Flatten(string name, JsonElement value) =>
        value.ValueKind != JsonValueKind.Object
            ? [(name, JsonSerializer.Serialize(value, RunJson.Options))]
            : value.EnumerateObject().SelectMany(part =>
                Flatten(name.Length == 0 ? part.Name : $"{name}.{part.Name}", part.Value));
}
