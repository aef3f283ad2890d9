using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Checkpoints;
using OrtTrainer.Data;
using OrtTrainer.Evaluation;
using OrtTrainer.Models;
using OrtTrainer.Tasks.CausalLanguageModel;
using OrtTrainer.Tasks.TokenPrediction;
using OrtTrainer.Text;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Tasks.Seq2Seq;

/// <summary>
/// From one text to another (Sutskever et al. 2014): an encoder reads the source, a decoder learns every token of the
/// target from the source and the tokens before it. Outputs are the vocabulary.
/// </summary>
internal sealed class Seq2SeqTask : ModelTask
{
    // Logits of every token of a text are large, and few examples show whether a graph is right.
    private const int ExportedExamples = 8;

    private readonly ModelConfig? _config;

    private Seq2SeqTask(ModelConfig? config = null) => _config = config;

    /// <summary>The task, of no model yet.</summary>
    public static Seq2SeqTask Instance { get; } = new();

    /// <inheritdoc/>
    public override string Name => "seq2seq";

    /// <inheritdoc/>
    internal override OutputDistribution Distribution => OutputDistribution.Vocabulary;

    /// <inheritdoc/>
    internal override IReadOnlyList<Metric> Metrics => PredictedTokenScores.Metrics;

    /// <inheritdoc/>
    internal override ExampleColumns DefaultColumns { get; } = new("source", "target");

    /// <inheritdoc/>
    internal override string WithoutTeachers =>
        "which learns from no teacher's outputs yet. Leave the teacher out, or distill another task.";

    private ModelConfig Config => _config
        ?? throw new InvalidOperationException("The task is of no model yet, so that it has no vocabulary.");

    private int Vocabulary => Config.Size("vocab_size", SizeRange.Vocabulary);

    /// <inheritdoc/>
    internal override ModelHead Head(int outputs) => new TargetTokenHead(outputs);

    /// <inheritdoc/>
    internal override ModelTask For(ModelConfig config, DataOptions? options = null) => new Seq2SeqTask(config);

    /// <inheritdoc/>
    internal override IReadOnlyList<string> FileNames => [GenerationConfig.FileName];

    /// <summary>How targets are written with it, as the model that it began from says.</summary>
    internal override IReadOnlyList<(string Path, JsonNode Content)> FilesOf(int maxLength) =>
        GenerationConfig.Read(Path.GetDirectoryName(Config.Path)!) is { } stated
            ? [(GenerationConfig.FileName, stated)]
            : [];

    /// <inheritdoc/>
    internal override string DescribeOutputs(int outputs) => $"{outputs} tokens";

    /// <summary>The ids of the vocabulary, which no configuration names.</summary>
    internal override IReadOnlyList<string> OutputNames(ModelConfig config) =>
        NumbersTo(Architecture.VocabularyOf(config) ?? 0);

    /// <inheritdoc/>
    internal override IReadOnlyList<string> OutputNames(int outputs) => NumbersTo(outputs);

    /// <inheritdoc/>
    internal override ModelConfig Describe(
        ModelConfig config, Architecture architecture, IReadOnlyList<string> labels) =>
        config.With(architecture: architecture.ClassOf(Head(labels.Count))).With("problem_type", null);

    /// <summary>None: tokens have names of their own.</summary>
    internal override LabelMap? FindLabels(
        string source, IReadOnlyList<Example> examples, ExampleColumns columns) => null;

    /// <inheritdoc/>
    internal override LabelMap? LabelsOf(IReadOnlyList<string> names) => null;

    /// <inheritdoc/>
    internal override IReadOnlyList<TokenizedExample> Encode(
        Example example, ITextEncoder tokenizer, int? maxLength, int? stride = null) =>
        [TargetTokens.Of(example, tokenizer, maxLength, Config.Size("decoder_start_token_id", SizeRange.TokenId))];

    /// <inheritdoc/>
    internal override EvaluationAccumulator Evaluate(EncodedDataset data) =>
        new PredictedTokenAccumulator(data.Inputs, Metrics);

    /// <inheritdoc/>
    internal override (IReadOnlyList<TokenizedExample> Examples, IReadOnlyList<Example>? Texts) ExportSample(
        EncodedDataset eval) => ([.. eval.Inputs.Take(ExportedExamples)], null);

    /// <inheritdoc/>
    internal override void Write(Utf8JsonWriter json, TextPrediction prediction, IReadOnlyList<string> labels)
    {
        json.WriteNumber("nll", prediction.Scores[0]);
        json.WriteNumber("perplexity", Math.Exp(prediction.Scores[0]));
    }

    /// <inheritdoc/>
    private protected override TaskTargets Targets(
        string source, IReadOnlyList<Example> examples, LabelMap? labels, ExampleColumns columns) =>
        new UnlabeledTargets(examples.Count, Vocabulary);

    /// <summary>The tokens of the targets.</summary>
    private protected override TaskTargets Align(
        Dataset data, IReadOnlyList<TokenizedExample> inputs, IReadOnlyList<int> sources) =>
        TokenTargets.Of([.. inputs.Select(input => ((PredictedExample)input).Targets)], Vocabulary);

    /// <summary>How well a target is predicted: the mean cross-entropy of a token.</summary>
    private protected override TextPrediction Read(
        TokenizedExample input, ReadOnlySpan<float> outputs, IReadOnlyList<string> labels, DecodingOptions options)
    {
        int[] targets = ((PredictedExample)input).Targets;
        PredictedTokenScore score = PredictedTokenAccumulator.ScoreOf(outputs, targets, labels.Count);
        return new TextPrediction([], [(float)(score.Loss / score.Tokens)]);
    }
}
