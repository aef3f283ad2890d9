using OrtTrainer.Checkpoints;
using OrtTrainer.Models;
using OrtTrainer.Runtime;

namespace OrtTrainer.Tests.Models;

/// <summary>A BERT of a few thousand random parameters, in Hugging Face layout.</summary>
internal static class TinyBert
{
    public const int Width = 16;
    public const int Layers = 2;

    /// <summary>Writes config.json, vocab.txt and model.safetensors.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="words">The vocabulary beside the special tokens.</param>
    /// <param name="layers">Encoder layers.</param>
    /// <param name="outputs">The width of the head; the encoder's tensors are the same whatever it is.</param>
    /// <param name="name">Renames a tensor or, by null, leaves it out.</param>
    /// <param name="masked">Whether the head is one for masked tokens, not for <paramref name="outputs"/>.</param>
    /// <param name="seed">Fixes the weights.</param>
    public static void Write(
        string folder, IReadOnlyList<string> words, int layers = Layers, int outputs = 3,
        Func<string, string?>? name = null, bool masked = false, int seed = 20)
    {
        Directory.CreateDirectory(folder);
        string[] tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", .. words];
        File.WriteAllLines(Path.Combine(folder, "vocab.txt"), tokens);
        WriteConfig(folder, tokens.Length, layers, outputs, masked ? "MaskedLM" : "SequenceClassification");
        using PretrainedModel random = PretrainedModel.Open(folder, fromScratch: true);
        ModelHead head = masked ? new MaskedTokenHead(tokens.Length) : new SequenceHead(outputs);
        ParameterLayout layout = PackedGraph.Evaluation(random.Architecture, head).Layout;
        using WeightBuffer weights = new(Device.Default, layout.Length);
        random.Load(layout, weights, seed);
        SafetensorsWriter.Write(
            Path.Combine(folder, "model.safetensors"),
            from parameter in layout.Parameters
            let written = name is null ? parameter.Name : name(parameter.Name)
            where written is not null
            select TensorData.Floats(
                written, [.. parameter.Shape], weights, layout.OffsetOf(parameter)));
    }

    /// <summary>Where its parameters lie.</summary>
    public static ParameterLayout Layout(string folder, int outputs)
    {
        using PretrainedModel model = PretrainedModel.Open(folder, fromScratch: true);
        return PackedGraph.Evaluation(model.Architecture, new SequenceHead(outputs)).Layout;
    }

    // A wide initialization: from 0.02 so small a model learns nothing for a hundred steps.
    private static void WriteConfig(
        string folder, int vocabulary, int layers, int outputs, string head) => File.WriteAllText(
        Path.Combine(folder, "config.json"),
        $$"""
        {
          "architectures": ["BertFor{{head}}"], "model_type": "bert", "vocab_size": {{vocabulary}},
          "hidden_size": {{Width}}, "num_hidden_layers": {{layers}}, "num_attention_heads": 2, "intermediate_size": 32,
          "hidden_act": "gelu", "hidden_dropout_prob": 0.1, "attention_probs_dropout_prob": 0.1,
          "max_position_embeddings": 24, "type_vocab_size": 2, "initializer_range": 0.2, "layer_norm_eps": 1e-12,
          "id2label": { {{string.Join(", ", Enumerable.Range(0, outputs).Select(i => $"\"{i}\": \"LABEL_{i}\""))}} }
        }
        """);
}
