using OrtTrainer.Checkpoints;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Tests.Checkpoints;

namespace OrtTrainer.Tests.Cli;

/// <summary>
/// A random encoder of a few thousand parameters and sentences of two desks of a shop, in a temporary folder.
/// </summary>
internal sealed class DeskTask : IDisposable
{
    private static readonly string[] Billing = ["you charged my card twice", "the invoice shows a wrong price",
        "refund my card please"];
    private static readonly string[] Delivery = ["where is my parcel", "the parcel came late", "no parcel at my door"];

    private readonly TemporaryFolder _folder = new();

    public DeskTask()
    {
        Train = Write("train.tsv", Rows(12));
        Eval = Write("eval.tsv", Rows(6));
        Test = Write("test.tsv", Rows(4));
        WriteModel();
    }

    public string Model => _folder.File("tiny");

    public string Train { get; }

    public string Eval { get; }

    public string Test { get; }

    public string Folder => _folder.Path;

    public string File(string name) => _folder.File(name);

    public string Write(string name, string text) => _folder.Write(name, text);

    /// <summary>Words that run some steps; the output folder is <paramref name="output"/>.</summary>
    public string[] Finetune(string output, params string[] more) =>
    [
        "finetune", "--model", Model, "--train", Train, "--eval", Eval, "--test", Test, "--batch-size", "4",
            "--max-steps", "6",
        "--max-length", "16", "--threads", "1", "--out", File(output), .. more,
    ];

    public void Dispose() => _folder.Dispose();

    private static string Rows(int count) =>
        "text\tlabel\n" + string.Concat(Enumerable.Range(0, count).Select(row => row % 2 == 0
        ? $"{Billing[row / 2 % Billing.Length]}\tbilling\n"
        : $"{Delivery[row / 2 % Delivery.Length]}\tdelivery\n"));

    private void WriteModel()
    {
        string[] words = [.. Billing.Concat(Delivery).SelectMany(text => text.Split(' ')).Distinct()];
        string[] vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", .. words];
        Directory.CreateDirectory(Model);
        System.IO.File.WriteAllLines(Path.Combine(Model, "vocab.txt"), vocabulary);
        System.IO.File.WriteAllText(Path.Combine(Model, "config.json"), $$"""
            {
              "architectures": ["BertModel"], "model_type": "bert", "vocab_size": {{vocabulary.Length}},
              "hidden_size": 8, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 16,
              "hidden_act": "gelu",
              "hidden_dropout_prob": 0.1, "attention_probs_dropout_prob": 0.1, "max_position_embeddings": 32,
              "type_vocab_size": 2, "initializer_range": 0.2, "layer_norm_eps": 1e-12, "pad_token_id": 0
            }
            """);
        using PretrainedModel random = PretrainedModel.Open(Model, fromScratch: true);
        ParameterLayout layout = PackedGraph.Evaluation(random.Architecture, new SequenceHead(2)).Layout;
        using WeightBuffer weights = new(Device.Default, layout.Length);
        _ = random.Load(layout, weights, seed: 3);
        SafetensorsWriter.Write(Path.Combine(Model, "model.safetensors"), layout.Parameters
            .Where(parameter => !parameter.Name.StartsWith("classifier", StringComparison.Ordinal))
            .Select(parameter => TensorData.Floats(parameter.Name, [.. parameter.Shape],
                weights, layout.OffsetOf(parameter))));
    }
}
