using System.Text.Json.Nodes;
using OrtTrainer.Checkpoints;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks;
using OrtTrainer.Tests.Checkpoints;

namespace OrtTrainer.Tests.Server;

/// <summary>A folder with a tiny model of any task: random weights, and a handful of words.</summary>
internal sealed class TinyFolder : IDisposable
{
    private static readonly string[] Words =
    [
        "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "what", "is", "a", "neutron", "star", "##s", "?", "who",
        "wrote", "the", "book", "red", ",", ".", "in", "paris",
    ];

    private readonly TemporaryFolder _folder = new();

    /// <param name="className">What config.json calls the model, which says the task.</param>
    /// <param name="labels">The labels; none of a model without.</param>
    /// <param name="problem">problem_type of config.json; null for none.</param>
    public TinyFolder(
        string className = "BertForSequenceClassification", string[]? labels = null, string? problem = null)
    {
        JsonObject config = new()
        {
            ["architectures"] = new JsonArray(className), ["model_type"] = "bert", ["vocab_size"] = Words.Length,
            ["hidden_size"] = 16, ["num_hidden_layers"] = 2, ["num_attention_heads"] = 2, ["intermediate_size"] = 24,
            ["hidden_act"] = "gelu", ["max_position_embeddings"] = 64, ["type_vocab_size"] = 2, ["pad_token_id"] = 0,
            ["layer_norm_eps"] = 1e-12, ["initializer_range"] = 0.5,
        };
        labels ??= ["ENTY", "HUM", "NUM"];
        if (labels.Length > 0)
        {
            config["id2label"] = new JsonObject(
                labels.Select((label, i) => KeyValuePair.Create($"{i}", (JsonNode?)label)));
        }

        if (problem is not null)
        {
            config["problem_type"] = problem;
        }

        _folder.Write("config.json", config.ToJsonString());
        _folder.Write("vocab.txt", string.Concat(Words.Select(word => word + "\n")));
        WriteWeights();
    }

    public string Path => _folder.Path;

    /// <summary>The model of a task by its word.</summary>
    public static TinyFolder Of(string task) => task switch
    {
        "classification" => new(),
        "multi_label" => new(problem: "multi_label_classification"),
        "regression" => new(labels: ["LABEL_0"], problem: "regression"),
        "token_classification" => new("BertForTokenClassification", ["O", "B-PER", "I-PER", "B-LOC"]),
        "question_answering" => new("BertForQuestionAnswering", []),
        "sentence_similarity" => new("BertModel", []),
        "masked_lm" => new("BertForMaskedLM", []),
        _ => throw new ArgumentException(task),
    };

    public void Dispose() => _folder.Dispose();

    private void WriteWeights()
    {
        using PretrainedModel random = PretrainedModel.Open(Path, fromScratch: true);
        ModelTask task = ModelTask.Of(random.Config);
        ParameterLayout layout = PackedGraph.Evaluation(
            random.Architecture, task.Head(task.OutputNames(random.Config).Count)).Layout;
        using WeightBuffer weights = new(Device.Default, layout.Length);
        _ = random.Load(layout, weights, seed: 3);
        SafetensorsWriter.Write(System.IO.Path.Combine(Path, "model.safetensors"), layout.Parameters.Select(
            parameter => TensorData.Floats(
                parameter.Name, [.. parameter.Shape], weights, layout.OffsetOf(parameter))));
    }
}
