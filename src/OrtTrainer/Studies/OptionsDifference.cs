using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Runs;

namespace OrtTrainer.Studies;

/// <summary>The settings in which two runs differ, those left out that change no bit of the result.</summary>
internal static class OptionsDifference
{
    /// <summary>One entry per setting, such as <c>learning_rate: 0.0001 was 5E-05</c>; empty where the runs are
    /// equal.</summary>
    public static IReadOnlyList<string> Of(FineTuneOptions now, FineTuneOptions before)
    {
        SortedDictionary<string, string> current = Flat(now);
        SortedDictionary<string, string> old = Flat(before);
        return
        [
            .. current.Keys.Union(old.Keys)
                .Where(name => current.GetValueOrDefault(name) != old.GetValueOrDefault(name))
                .Select(name => $"{name}: {current.GetValueOrDefault(name, "none")} " +
                    $"was {old.GetValueOrDefault(name, "none")}"),
        ];
    }

    private static SortedDictionary<string, string> Flat(FineTuneOptions options)
    {
        FineTuneOptions deciding = options with { Output = "-", Threads = null, CheckpointSeconds = 0 };
        SortedDictionary<string, string> values = new(StringComparer.Ordinal);
        Add(values, "", JsonSerializer.SerializeToNode(deciding, RunJson.Options)!.AsObject());
        return values;
    }

    private static void Add(SortedDictionary<string, string> values, string prefix, JsonObject part)
    {
        foreach ((string name, JsonNode? value) in part)
        {
            if (value is JsonObject nested)
            {
                Add(values, $"{prefix}{name}.", nested);
            }
            else
            {
                values[prefix + name] = value?.ToJsonString() ?? "null";
            }
        }
    }
}
