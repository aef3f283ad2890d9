using OrtTrainer.Checkpoints;
using OrtTrainer.Models;
using OrtTrainer.Runtime;

namespace OrtTrainer.Tests.Models;

/// <summary>
/// A Llama of a few thousand random parameters, in Hugging Face layout, whose tokens are words parted by blanks; 1
/// begins a text and 2 ends it.
/// </summary>
internal static class TinyLlama
{
    public const int Positions = 32;

    public static readonly string[] Words =
        ["the", "cat", "dog", "sat", "ran", "on", "under", "a", "mat", "hill", "and", "then", "slept", "."];

    private const string Llama = """
        "architectures": ["LlamaForCausalLM"], "model_type": "llama",
        "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
        "intermediate_size": 32, "hidden_act": "silu", "rms_norm_eps": 1e-6, "rope_theta": 10000.0,
        "tie_word_embeddings": true
        """;

    /// <summary>The fields of a GPT-Neo instead, whose every other layer sees 4 tokens.</summary>
    public const string GptNeo = """
        "architectures": ["GPTNeoForCausalLM"], "model_type": "gpt_neo", "hidden_size": 16, "num_layers": 4,
        "num_heads": 4, "intermediate_size": 32, "attention_types": [[["global", "local"], 2]], "window_size": 4
        """;

    /// <summary>Writes config.json, tokenizer.json and model.safetensors.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="seed">Fixes the weights.</param>
    /// <param name="fields">The family's fields of config.json.</param>
    public static void Write(string folder, int seed = 3, string fields = Llama)
    {
        Directory.CreateDirectory(folder);
        string[] tokens = ["<unk>", "<s>", "</s>", .. Words];
        WordTokenizer.Write(folder, tokens, unknown: 0, before: 1, behind: null, end: 2);
        File.WriteAllText(
            Path.Combine(folder, "config.json"),
            $$"""
            {
              {{fields}}, "vocab_size": {{tokens.Length}}, "max_position_embeddings": {{Positions}},
              "initializer_range": 0.4, "bos_token_id": 1, "eos_token_id": 2
            }
            """);
        using PretrainedModel random = PretrainedModel.Open(folder, fromScratch: true);
        ParameterLayout layout =
            PackedGraph.Evaluation(random.Architecture, new NextTokenHead(tokens.Length)).Layout;
        using WeightBuffer weights = new(Device.Default, layout.Length);
        random.Load(layout, weights, seed);
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), StoredTensors.Of(layout, weights));
    }
}
