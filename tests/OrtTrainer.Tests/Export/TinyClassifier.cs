using System.Text.Json.Nodes;
using OrtTrainer.Data;
using OrtTrainer.Export;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.Classification;
using OrtTrainer.Tasks.Regression;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Tasks;
using OrtTrainer.Text;
using OrtTrainer.Training;
using OrtTrainer.Training.Averaging;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tests.Export;

/// <summary>
/// A classifier of two narrow layers with random weights and a handful of words, in a folder as a user would have it.
/// Weights are large enough that sentences differ in their scores.
/// </summary>
internal sealed class TinyClassifier : IDisposable
{
    public const string Words =
        "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nwhat\nis\na\nneutron\nstar\n##s\n?\nwho\nwrote\nthe\nbook\nred\n,\n.\n";

    private static readonly TokenizedExample[] Pairs =
    [
        new([2, 5, 6, 7, 8, 9, 11, 3], [0, 0, 0, 0, 0, 0, 0, 0]),
        new([2, 3], [0, 0]),
        new([2, 12, 13, 14, 15, 3, 16, 15, 3], [0, 0, 0, 0, 0, 0, 1, 1, 1]),
        new([2, 9, 10, 3], [0, 0, 0, 0]),
    ];

    private readonly TemporaryFolder _folder = new();
    private readonly WeightBuffer _parameters;

    private TinyClassifier(JsonObject config, ModelTask task, string[] labels, Action<TemporaryFolder> writeTokenizer)
    {
        _folder.Write("config.json", config.ToJsonString());
        writeTokenizer(_folder);
        using PretrainedModel model = PretrainedModel.Open(_folder.Path, fromScratch: true);
        ParameterLayout layout = PackedGraph.Evaluation(model.Architecture, new SequenceHead(labels.Length)).Layout;
        _parameters = new WeightBuffer(Device.Default, layout.Length);
        model.Load(layout, _parameters, seed: 5);
        Model = new FineTunedModel
        {
            Config = model.Config,
            Task = task,
            Labels = labels,
            Layout = layout,
            Parameters = _parameters,
            TokenizerFolder = _folder.Path,
        };
    }

    public FineTunedModel Model { get; }

    /// <summary>The folder training began from: config.json and the tokenizer.</summary>
    public string Folder => _folder.Path;

    public WeightBuffer Parameters => _parameters;

    public static ExecutionOptions OneThread { get; } = new() { IntraOpThreads = 1 };

    /// <summary>Ids of different lengths, a pair among them; segments are 0 where the model has none.</summary>
    public TokenizedExample[] Examples => Model.Architecture.Shape.TokenTypes > 0
        ? Pairs
        : [.. Pairs.Select(example => example with { TokenTypeIds = new int[example.InputIds.Length] })];

    public static Provenance Provenance { get; } = new()
    {
        Method = "swa",
        Task = ClassificationTask.Instance,
        Metric = "accuracy",
        Seed = 7,
        BaseModel = "tiny",
        AveragedSteps = new AveragedSteps(257, 513, 1, 257),
        Formula = "avg += (w - avg) / (n + 1)",
        Scores = new Dictionary<string, double> { ["live"] = 0.875, ["averaged"] = 0.9375 },
    };

    /// <param name="architecture">bert or roberta.</param>
    /// <param name="task">What the outputs mean.</param>
    /// <param name="labels">Their names; three classes, or one value, by default.</param>
    /// <param name="activation">hidden_act of config.json.</param>
    public static TinyClassifier Of(
        string architecture,
        ModelTask? task = null,
        string[]? labels = null,
        string activation = "gelu") => new(
            Config(architecture, activation),
            task ?? ModelTask.Default,
            labels ?? (task == RegressionTask.Instance ? ["LABEL_0"] : ["ENTY", "HUM", "NUM"]),
            architecture == "bert" ? WriteWords : WriteBytes);

    /// <summary>The logits of the packed graph that training evaluates with, [examples, K].</summary>
    public float[] ReferenceLogits(IReadOnlyList<TokenizedExample> examples)
    {
        using EvaluationSession session = Evaluation();
        return session.Logits(_parameters, examples, Model.Labels.Count);
    }

    /// <summary>The packed graph that training evaluates with.</summary>
    public EvaluationSession Evaluation() =>
        new(PackedGraph.Evaluation(Model.Architecture, Model.Head), OneThread);

    public float[] Values(ParameterSpec parameter) =>
        _parameters.Slice(Model.Layout.OffsetOf(parameter), (int)parameter.Length).ToArray();

    public static TokenizedExample[] Tokenize(string exportedFolder, params Example[] inputs)
    {
        Tokenizer tokenizer = Tokenizer.Load(exportedFolder);
        return [.. inputs.Select(input => tokenizer.Encode(input.Text, input.Pair))
            .Select(encoding => new TokenizedExample([.. encoding.Ids], [.. encoding.TypeIds]))];
    }

    public void Dispose()
    {
        _parameters.Dispose();
        _folder.Dispose();
    }

    private static void WriteWords(TemporaryFolder folder) => folder.Write("vocab.txt", Words);

    private static void WriteBytes(TemporaryFolder folder)
    {
        folder.Write("vocab.json", ByteLevelFiles.Vocabulary().ToJsonString());
        folder.Write("merges.txt", ByteLevelFiles.Merges);
    }

    private static JsonObject Config(string type, string activation) => new()
    {
        ["model_type"] = type,
        ["vocab_size"] = type == "bert" ? Words.Count(c => c == '\n') : ByteLevelFiles.Vocabulary().Count,
        ["hidden_size"] = 16,
        ["num_attention_heads"] = 2,
        ["num_hidden_layers"] = 2,
        ["intermediate_size"] = 24,
        ["max_position_embeddings"] = type == "bert" ? 24 : 96,
        ["type_vocab_size"] = type == "bert" ? 2 : 1,
        ["pad_token_id"] = type == "bert" ? 0 : 1,
        ["hidden_act"] = activation,
        ["layer_norm_eps"] = 1e-5,
        ["initializer_range"] = 0.5,
        ["torch_dtype"] = "float16",
        ["architectures"] = new JsonArray("SomeModelForPreTraining"),
        ["a_field_of_the_future"] = new JsonObject { ["kept"] = true },
    };
}
