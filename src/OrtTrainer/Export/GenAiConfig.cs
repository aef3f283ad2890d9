using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Checkpoints;
using OrtTrainer.Graph.Onnx;
using OrtTrainer.Models;
using OrtTrainer.Tasks.CausalLanguageModel;
using OrtTrainer.Tasks.TokenPrediction;
using OrtTrainer.Text;

namespace OrtTrainer.Export;

/// <summary>
/// genai_config.json, by which ONNX Runtime GenAI runs an exported decoder: where its graph is, what the inputs and
/// outputs are called, and how texts are written where nobody says otherwise.
/// </summary>
internal static class GenAiConfig
{
    public const string FileName = "genai_config.json";

    /// <summary>The usual values of what generation_config.json may say, as transformers has them.</summary>
    private static readonly (string Name, JsonNode Usual)[] Search =
    [
        ("do_sample", false), ("early_stopping", false), ("length_penalty", 1.0), ("min_length", 0),
        ("no_repeat_ngram_size", 0), ("num_beams", 1), ("num_return_sequences", 1), ("repetition_penalty", 1.0),
        ("temperature", 1.0), ("top_k", 50), ("top_p", 1.0),
    ];

    /// <summary>The file's content; null for a family that GenAI does not run, or a model that no token ends.</summary>
    /// <param name="model">What is exported.</param>
    /// <param name="graph">Its graph.</param>
    /// <param name="path">Where the export has that, below its folder.</param>
    /// <exception cref="CheckpointException">A file beside the model's configuration is damaged.</exception>
    public static JsonObject? Of(FineTunedModel model, ModelProto graph, string path)
    {
        if (!model.Head.WritesOn || model.Architecture.GenAiType is not { } type)
        {
            return null;
        }

        ModelConfig config = model.Config;
        string folder = Path.GetDirectoryName(config.Path)!;
        Tokenizer? tokenizer = model.TokenizerFolder is { } own ? Tokenizer.Load(own) : null;
        IReadOnlyList<int> ends = ChatTokens.WithEndOfAnswer(
            GenerationConfig.EndTokens(folder, config, tokenizer), tokenizer);
        if (ends.Count == 0)
        {
            return null;
        }

        ModelShape shape = model.Architecture.Shape;
        int IdOr(string field, int other) => config.Has(field) && config.GetInt(field) >= 0
            ? config.GetInt(field)
            : other;
        return new JsonObject
        {
            ["model"] = new JsonObject
            {
                ["type"] = type,
                ["vocab_size"] = shape.Vocabulary,
                ["context_length"] = shape.Positions,
                ["bos_token_id"] = IdOr("bos_token_id", ends[0]),
                ["eos_token_id"] = ends.Count == 1 ? ends[0] : new JsonArray([.. ends.Select(id => (JsonNode)id)]),
                ["pad_token_id"] = IdOr("pad_token_id", ends[0]),
                ["decoder"] = Decoder(shape, graph, path),
            },
            ["search"] = SearchOf(GenerationConfig.Read(folder), shape),
        };
    }

    private static JsonObject Decoder(ModelShape shape, ModelProto graph, string path)
    {
        JsonObject inputs = [];
        foreach (string name in new[]
        {
            PaddedInputs.InputIds, PaddedInputs.AttentionMask, PaddedInputs.PositionIds,
        })
        {
            if (graph.Graph.Input.Any(input => input.Name == name))
            {
                inputs[name] = name;
            }
        }

        // GenAI puts the number of a layer in place of %d.
        inputs["past_key_names"] = $"{PaddedInputs.PastPrefix}%d.{PaddedInputs.Key}";
        inputs["past_value_names"] = $"{PaddedInputs.PastPrefix}%d.{PaddedInputs.Value}";
        return new JsonObject
        {
            ["session_options"] = new JsonObject { ["provider_options"] = new JsonArray() },
            ["filename"] = path.Replace('\\', '/'),
            ["hidden_size"] = shape.Width,
            ["head_size"] = shape.HeadWidth,
            ["num_attention_heads"] = shape.Heads,
            ["num_key_value_heads"] = shape.KeyValueHeads,
            ["num_hidden_layers"] = shape.Layers,
            ["inputs"] = inputs,
            ["outputs"] = new JsonObject
            {
                [PaddedInputs.Logits] = PaddedInputs.Logits,
                ["present_key_names"] = $"{PaddedInputs.PresentPrefix}%d.{PaddedInputs.Key}",
                ["present_value_names"] = $"{PaddedInputs.PresentPrefix}%d.{PaddedInputs.Value}",
            },
        };
    }

    private static JsonObject SearchOf(JsonObject? generation, ModelShape shape)
    {
        JsonObject search = [];
        foreach ((string name, JsonNode usual) in Search)
        {
            JsonNode? stated = generation?[name];
            search[name] = (stated?.GetValueKind() is { } kind && IsOf(kind, usual.GetValueKind()) ? stated : usual)
                .DeepClone();
        }

        search["max_length"] = shape.Positions;

        // The graph makes keys and values anew, longer by the newest tokens.
        search["past_present_share_buffer"] = false;
        return search;
    }

    private static bool IsOf(JsonValueKind kind, JsonValueKind usual) =>
        kind == usual || (IsTruth(kind) && IsTruth(usual));

    private static bool IsTruth(JsonValueKind kind) =>
        kind is JsonValueKind.True or JsonValueKind.False;
}
