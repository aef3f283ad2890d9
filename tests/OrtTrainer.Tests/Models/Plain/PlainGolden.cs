using OrtTrainer.Tests.Runtime;

namespace OrtTrainer.Tests.Models.Plain;

/// <summary>
/// A golden of this repository's own: a tiny model with what its plain twin in float64 gives for logits, loss,
/// gradients and weights after some steps. Its folder is written when it is first asked for, and is read as those from
/// outside the repository are.
/// </summary>
internal sealed class PlainGolden
{
    private readonly Lazy<bool> _written;

    private PlainGolden(string architecture, string task, PlainShape shape, string variant = "")
    {
        (Architecture, Task, Shape) = (architecture, task, shape with
        {
            PerToken = PlainBatch.IsPerToken(task) || task == PlainBatch.Spans,
            Masked = task is PlainBatch.Masked or PlainBatch.Causal,
            TokenLayer = task == PlainBatch.Spans ? "qa_outputs" : "classifier",
        });
        Folder = Path.Combine(AppContext.BaseDirectory, "goldens", $"plain-{architecture}-{task}{variant}");
        _written = new(() => PlainGoldenFiles.Write(this));
    }

    public static IReadOnlyList<PlainGolden> All { get; } =
    [
        new("bert", "classification", new()),
        new("bert", "multilabel", new() { Outputs = 4, Heads = 4 }),
        new("bert", "regression", new() { Outputs = 1, Layers = 1 }),
        new("bert", "token-classification", new() { Outputs = 5 }),
        new("bert", "question-answering", new() { Outputs = 2 }),
        new("roberta", "classification", new() { Activation = "gelu_new", TokenTypes = 1 }),
        new("roberta", "token-classification", new() { TokenTypes = 1 }),
        new("roberta", "question-answering", new() { Outputs = 2, TokenTypes = 1 }),
        new("camembert", "classification", new() { TokenTypes = 1 }),
        new("xlm-roberta", "multilabel", new() { TokenTypes = 1 }),
        new("data2vec-text", "token-classification", new() { TokenTypes = 1 }),
        new("electra", "classification", new() { EmbeddingWidth = 10 }),
        new("electra", "regression", new() { Outputs = 1, Layers = 1 }),
        new("electra", "token-classification", new() { EmbeddingWidth = 20 }),
        new("electra", "question-answering", new() { Outputs = 2, EmbeddingWidth = 20 }),
        new("albert", "classification", new() { Activation = "gelu_new", EmbeddingWidth = 10, Layers = 4 }),
        new("albert", "token-classification", new() { Layers = 3 }),
        new("albert", "question-answering", new() { Outputs = 2, Layers = 3 }),
        new("mpnet", "classification", new() { TokenTypes = 0 }),
        new("mpnet", "token-classification", new() { Activation = "relu", Heads = 4, TokenTypes = 0 }),
        new("mpnet", "question-answering", new() { Outputs = 2, TokenTypes = 0 }),
        new("ernie", "classification", new()),
        new("distilbert", "classification", new() { Activation = "relu", Layers = 3, TokenTypes = 0 }),
        new("distilbert", "token-classification", new() { Outputs = 4, TokenTypes = 0 }),
        new("distilbert", "question-answering", new() { Outputs = 2, TokenTypes = 0 }),
        new("deberta-v2", "classification", new() { TokenTypes = 0, Buckets = 6 }),
        new("deberta-v2", "regression", new() { TokenTypes = 0, Outputs = 1, SharesLayers = false, Layers = 1 }),
        new("deberta-v2", "token-classification", new()
        {
            Outputs = 4, Heads = 4, Buckets = 4, NormsPositions = false, EmbeddingWidth = 10, Activation = "gelu_new",
        }),
        new("deberta-v2", "question-answering", new() { Outputs = 2, TokenTypes = 0, Buckets = 6 }),
        new("modernbert", "question-answering", new() { Outputs = 2, Layers = 4, TokenTypes = 0 }),
        new("modernbert", "classification", new() { Layers = 4, TokenTypes = 0, GlobalBase = 100, LocalBase = 20 }),
        new("modernbert", "multilabel", new()
        {
            Layers = 4, TokenTypes = 0, Pooling = "mean", Activation = "gelu_new", GlobalEvery = 2, LocalAttention = 3,
        }),
        new("modernbert", "token-classification", new()
        {
            Layers = 3, TokenTypes = 0, HasBiases = true, Heads = 4, LocalAttention = 14, GlobalBase = 1000,
        }),
        new("gpt_neo", "causal-lm", new()
        {
            Outputs = 30, TokenTypes = 0, Activation = "gelu_new", Layers = 4, Heads = 4, LocalAttention = 4,
            Epsilon = 1e-5,
        }),
        new("gpt_neo", "classification", new() { TokenTypes = 0, Activation = "gelu_new", LocalAttention = 2 }),
        new("gpt_neo", "token-classification", new() { TokenTypes = 0, Activation = "relu", Heads = 4 }),
        new("bert", "masked-lm", new() { Outputs = 30 }),
        new("roberta", "masked-lm", new() { Outputs = 30, TokenTypes = 1 }),
        new("xlm-roberta", "masked-lm", new() { Outputs = 30, TokenTypes = 1, Layers = 1 }),
        new("mpnet", "masked-lm", new() { Outputs = 30, TokenTypes = 0 }),
        new("ernie", "masked-lm", new() { Outputs = 30, Layers = 1 }),
        new("distilbert", "masked-lm", new() { Outputs = 30, Layers = 1, TokenTypes = 0, Activation = "relu" }),
        new("albert", "masked-lm", new() { Outputs = 30, EmbeddingWidth = 10, Activation = "gelu_new" }),
        new("electra", "masked-lm", new() { Outputs = 30, EmbeddingWidth = 10, Activation = "relu" }),
        new("deberta-v2", "masked-lm", new()
        {
            Outputs = 30, TokenTypes = 0, Buckets = 6, EmbeddingWidth = 10, Activation = "relu",
        }),
        new("deberta-v2", "masked-lm", new() { Outputs = 30, TokenTypes = 0, Buckets = 6, Legacy = false }, "-new"),
        new("modernbert", "masked-lm", new() { Outputs = 30, Layers = 4, TokenTypes = 0, Activation = "gelu_new" }),
        new("modernbert", "masked-lm", new()
        {
            Outputs = 30, Layers = 3, TokenTypes = 0, HasBiases = true, HasOutputBias = false,
        }, "-unbiased"),
    ];

    public string Folder { get; }

    /// <summary>Its <c>model_type</c>.</summary>
    public string Architecture { get; }

    /// <summary><c>classification</c>, <c>multilabel</c>, <c>regression</c>,
    /// <c>token-classification</c>, <c>question-answering</c>, <c>masked-lm</c> or <c>causal-lm</c>.</summary>
    public string Task { get; }

    public PlainShape Shape { get; }

    /// <summary>The golden of a folder, or null for a folder from elsewhere.</summary>
    public static PlainGolden? Of(string folder) => All.FirstOrDefault(golden => golden.Folder == folder);

    /// <summary>Writes the folder, if this process has not done so.</summary>
    public void Ensure() => _ = _written.Value;

    /// <summary>The plain twin at its first weights, the same every time.</summary>
    public PlainModel NewModel()
    {
        int seed = 1;
        return PlainModel.Of(Architecture, Shape, (name, rows, columns) => FirstWeights(name, rows, columns, seed++));
    }

    /// <summary>What the model is trained on in a step.</summary>
    public PlainBatch Batch(int step) => PlainBatch.Random(Task, Shape, seed: 100 + step);

    // As random as a trained model's, so that no tensor is without effect; exact in float32.
    private static double[,] FirstWeights(string name, int rows, int columns, int seed)
    {
        double mean = PlainAdamW.Decays(name) || name.EndsWith(".bias", StringComparison.Ordinal) ? 0 : 1;
        float[] random = Reference.Random(seed, rows * columns, scale: 0.3);
        double[,] values = new double[rows, columns];
        for (int i = 0; i < random.Length; i++)
        {
            values[i / columns, i % columns] = (float)(mean + random[i]);
        }

        return values;
    }
}
