using System.Text.Json.Nodes;

namespace OrtTrainer.Studies.Tuning;

/// <summary>What is varied where nobody says what: the settings that decide most in fine-tuning an encoder.</summary>
internal static class DefaultSearch
{
    /// <summary>The settings, but for those that are given.</summary>
    /// <param name="defaults">What all trials share.</param>
    public static JsonObject Of(JsonObject defaults)
    {
        JsonObject search = new()
        {
            ["learning_rate"] = new JsonObject { ["log"] = new JsonArray(1e-5, 5e-4) },
            ["epochs"] = new JsonArray(2, 3, 5),
            ["batch_size"] = new JsonArray(8, 16, 32),
            ["method"] = new JsonArray("finetune", "swa"),
            ["swa.start"] = new JsonObject { ["linear"] = new JsonArray(0.3, 0.9) },
            ["dropout"] = new JsonArray(0.0, 0.1, 0.2),
            ["warmup"] = new JsonObject { ["linear"] = new JsonArray(0.0, 0.2) },
        };
        foreach (string given in search.Select(pair => pair.Key).Where(IsGiven).ToArray())
        {
            search.Remove(given);
        }

        return search;

        bool IsGiven(string name) => name switch
        {
            "epochs" => defaults.ContainsKey("epochs") || defaults.ContainsKey("max_steps"),
            "swa.start" => defaults.ContainsKey("method") || defaults.ContainsKey("swa"),
            _ => defaults.ContainsKey(name),
        };
    }
}
