using OrtTrainer.Checkpoints;
using OrtTrainer.Models;
using OrtTrainer.Runtime;

namespace OrtTrainer.Tests.Models;

/// <summary>
/// Encoder-decoders of a few thousand random parameters, in Hugging Face layout, whose tokens are words.
/// </summary>
internal static class TinyEncoderDecoder
{
    public static readonly string[] Words =
        ["cat", "dog", "soup", "rice", "hill", "lake", "the", "is", "old", "red", "one", "two", "three", "four"];

    private const string Common =
        """ "pad_token_id": 0, "decoder_start_token_id": 0, "eos_token_id": 3, "vocab_size": 19 """;

    private const string Bart = """
        "model_type": "bart", "d_model": 16, "encoder_layers": 2, "decoder_layers": 1, "encoder_attention_heads": 2,
        "decoder_attention_heads": 4, "encoder_ffn_dim": 24, "decoder_ffn_dim": 32, "max_position_embeddings": 20,
        "init_std": 0.3
        """;

    // 3 heads of 8 values in a model of 16.
    private const string T5 = """
        "model_type": "t5", "d_model": 16, "d_kv": 8, "d_ff": 32, "num_layers": 2, "num_decoder_layers": 1,
        "num_heads": 3, "relative_attention_num_buckets": 8, "relative_attention_max_distance": 6,
        "initializer_range": 0.3
        """;

    /// <summary>Their fields of config.json, by what they are called here.</summary>
    public static IReadOnlyDictionary<string, string> Fields { get; } = new Dictionary<string, string>
    {
        ["t5"] = T5,
        ["t5-v1.1"] = T5 + """, "feed_forward_proj": "gated-gelu", "tie_word_embeddings": false""",
        ["t5-silu"] = T5 + """, "feed_forward_proj": "gated-silu", "scale_decoder_outputs": false""",
        ["bart"] = Bart,
        ["bart-scaled"] = Bart
            + """, "scale_embedding": true, "activation_dropout": 0.1, "tie_word_embeddings": false""",
    };

    /// <summary>Writes config.json, vocab.txt and model.safetensors.</summary>
    /// <param name="folder">Made if absent.</param>
    /// <param name="kind">One of <see cref="Fields"/>.</param>
    public static void Write(string folder, string kind)
    {
        Directory.CreateDirectory(folder);
        string[] tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", .. Words];
        File.WriteAllText(Path.Combine(folder, "vocab.txt"), string.Join('\n', tokens));
        File.WriteAllText(Path.Combine(folder, "config.json"), $"{{ {Fields[kind]}, {Common} }}");
        using PretrainedModel random = PretrainedModel.Open(folder, fromScratch: true);
        ParameterLayout layout =
            PackedGraph.Evaluation(random.Architecture, new TargetTokenHead(tokens.Length)).Layout;
        using WeightBuffer weights = new(Device.Default, layout.Length);
        random.Load(layout, weights, seed: 3);
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), StoredTensors.Of(layout, weights));
    }
}
