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

    /// <summary>Writes config.json, tokenizer.json and model.safetensors.</summary>
    public static void Write(string folder, int seed = 3)
    {
        Directory.CreateDirectory(folder);
        string[] tokens = ["<unk>", "<s>", "</s>", .. Words];
        WordTokenizer.Write(folder, tokens, unknown: 0, before: 1, behind: null, end: 2);
        File.WriteAllText(
            Path.Combine(folder, "config.json"),
            $$"""
            {
              "architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": {{tokens.Length}},
              "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
              "intermediate_size": 32, "hidden_act": "silu", "max_position_embeddings": {{Positions}},
              "rms_norm_eps": 1e-6, "rope_theta": 10000.0, "initializer_range": 0.4, "tie_word_embeddings": true,
              "bos_token_id": 1, "eos_token_id": 2
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
