using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Models;

namespace OrtTrainer.Tasks.SentenceSimilarity;

/// <summary>The files in which sentence-transformers keeps how a model makes vectors of texts.</summary>
internal static class SentenceTransformerFiles
{
    /// <summary>The file that lists the parts of a model.</summary>
    public const string Modules = "modules.json";

    private const string Limits = "sentence_bert_config.json";
    private const string PoolingConfig = "1_Pooling/config.json";
    private const string ModePrefix = "pooling_mode_";

    private static readonly (Pooling Pooling, string Field)[] Modes =
        [(Pooling.Cls, "cls_token"), (Pooling.Mean, "mean_tokens")];

    private static readonly string[] OtherModes =
        ["max_tokens", "mean_sqrt_len_tokens", "weightedmean_tokens", "lasttoken"];

    /// <summary>The names of the files, below the model's folder.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [Modules, "config_sentence_transformers.json", Limits, PoolingConfig];

    /// <summary>Whether such files lie beside a configuration.</summary>
    public static bool AreBeside(ModelConfig config) =>
        File.Exists(Path.Combine(Path.GetDirectoryName(config.Path)!, Modules));

    /// <summary>Reads the files beside a config.json; where there are none, the mean is taken.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="width">Values of a vector.</param>
    /// <exception cref="RunException">A file is malformed, or has a part that is not supported.</exception>
    public static EmbeddingSettings Read(string folder, int width)
    {
        string modules = Path.Combine(folder, Modules);
        if (!File.Exists(modules))
        {
            return new(width, Pooling.Mean, Normalizes: false)
            {
                Assumption = $"{folder} has no {Modules} that says how vectors are made: the mean of the tokens is "
                    + "taken, as it is.",
            };
        }

        bool normalizes = false;
        Pooling pooling = Pooling.Mean;
        foreach (JsonNode? module in Parsed<JsonArray>(modules))
        {
            (string type, string path) = ((string?)module?["type"] ?? "", (string?)module?["path"] ?? "");
            switch (type.Split('.')[^1])
            {
                case "Transformer":
                    break;
                case "Pooling":
                    pooling = ReadPooling(Path.Combine(folder, path, ModelConfig.FileName));
                    break;
                case "Normalize":
                    normalizes = true;
                    break;
                default:
                    throw new RunException($"{modules}: the model has a part of type '{type}', which is not supported; "
                        + "supported are Transformer, Pooling and Normalize. Take another model.");
            }
        }

        return new(width, pooling, normalizes) { MaxLength = ReadLimit(Path.Combine(folder, Limits)) };
    }

    /// <summary>The files of a model, with their paths below its folder.</summary>
    /// <param name="settings">How it makes vectors.</param>
    /// <param name="maxLength">The most tokens of a text.</param>
    public static IReadOnlyList<(string Path, JsonNode Content)> Of(EmbeddingSettings settings, int maxLength)
    {
        JsonArray modules = [Module(0, "", "Transformer"), Module(1, "1_Pooling", "Pooling")];
        if (settings.Normalizes)
        {
            modules.Add(Module(2, "2_Normalize", "Normalize"));
        }

        JsonObject pooling = new() { ["word_embedding_dimension"] = settings.Width };
        foreach ((Pooling mode, string field) in Modes)
        {
            pooling[ModePrefix + field] = mode == settings.Pooling;
        }

        foreach (string field in OtherModes)
        {
            pooling[ModePrefix + field] = false;
        }

        pooling["include_prompt"] = true;
        return
        [
            (Modules, modules),
            ("config_sentence_transformers.json", new JsonObject
            {
                ["prompts"] = new JsonObject(),
                ["default_prompt_name"] = null,
                ["similarity_fn_name"] = "cosine",
            }),
            (Limits, new JsonObject { ["max_seq_length"] = maxLength, ["do_lower_case"] = false }),
            (PoolingConfig, pooling),
        ];
    }

    private static JsonObject Module(int index, string path, string type) => new()
    {
        ["idx"] = index,
        ["name"] = $"{index}",
        ["path"] = path,
        ["type"] = $"sentence_transformers.models.{type}",
    };

    private static Pooling ReadPooling(string path)
    {
        JsonObject config = Parsed<JsonObject>(path);
        string[] set =
        [
            .. config.Where(field => field.Key.StartsWith(ModePrefix, StringComparison.Ordinal)
                    && field.Value?.GetValueKind() == JsonValueKind.True)
                .Select(field => field.Key[ModePrefix.Length..]),
        ];
        (Pooling Pooling, string Field)[] found = [.. Modes.Where(mode => set is [{ } only] && only == mode.Field)];
        return found is [({ } pooling, _)]
            ? pooling
            : throw new RunException($"{path}: the pooling is {(set.Length > 0 ? string.Join(" and ", set) : "none")}; "
                + $"supported are {string.Join(" or ", Modes.Select(mode => mode.Field))}, one of both. Take another "
                + "model.");
    }

    private static int? ReadLimit(string path)
    {
        JsonNode? limit = File.Exists(path) ? Parsed<JsonObject>(path)["max_seq_length"] : null;
        return limit is null ? null
            : limit.GetValueKind() == JsonValueKind.Number && limit.AsValue().TryGetValue(out int tokens) && tokens > 0
                ? tokens
                : throw new RunException(
                    $"{path}: max_seq_length is {limit.ToJsonString()}; expected a whole number above 0.");
    }

    private static T Parsed<T>(string path)
        where T : JsonNode
    {
        try
        {
            return JsonNode.Parse(File.ReadAllBytes(path)) as T
                ?? throw new RunException($"{path}: expected a JSON "
                    + $"{(typeof(T) == typeof(JsonArray) ? "list" : "object")}. Download or write the file again.");
        }
        catch (Exception cause) when (cause is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new RunException(
                $"{path}: it cannot be read: {cause.Message} Download or write the file again.", cause);
        }
    }
}
