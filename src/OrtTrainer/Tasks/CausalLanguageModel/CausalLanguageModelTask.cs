using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Checkpoints;
using OrtTrainer.Data;
using OrtTrainer.Evaluation;
using OrtTrainer.Models;
using OrtTrainer.Tasks.TokenPrediction;
using OrtTrainer.Text;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Tasks.CausalLanguageModel;

/// <summary>
/// Language modeling from left to right (Radford et al. 2019): every token from those before it. It learns from texts,
/// all of their tokens, and from prompts with completions, the completion's tokens alone; a token that ends a text is
/// learned with it. Outputs are the vocabulary.
/// </summary>
internal sealed class CausalLanguageModelTask : ModelTask
{
    // Logits of every token of a text are large, and few examples show whether a graph is right.
    private const int ExportedExamples = 8;

    private readonly int? _vocabulary;
    private readonly JsonNode? _generation;

    private CausalLanguageModelTask(int? vocabulary = null, JsonNode? generation = null) =>
        (_vocabulary, _generation) = (vocabulary, generation);

    /// <summary>The task, of no model yet.</summary>
    public static CausalLanguageModelTask Instance { get; } = new();

    /// <inheritdoc/>
    public override string Name => "causal_lm";

    /// <inheritdoc/>
    internal override OutputDistribution Distribution => OutputDistribution.Vocabulary;

    /// <inheritdoc/>
    internal override IReadOnlyList<Metric> Metrics => PredictedTokenScores.Metrics;

    /// <inheritdoc/>
    internal override ExampleColumns DefaultColumns { get; } = new(PromptRows.Prompt, PromptRows.Completion);

    private int Vocabulary => _vocabulary
        ?? throw new InvalidOperationException("The task is of no model yet, so that it has no vocabulary.");

    /// <inheritdoc/>
    internal override ModelHead Head(int outputs) => new NextTokenHead(outputs);

    /// <inheritdoc/>
    internal override ModelTask For(ModelConfig config, DataOptions? options = null) =>
        new CausalLanguageModelTask(
            config.Size("vocab_size", SizeRange.Vocabulary),
            GenerationConfig.Read(Path.GetDirectoryName(config.Path)!));

    /// <inheritdoc/>
    internal override IReadOnlyList<string> FileNames => [GenerationConfig.FileName];

    /// <summary>How texts are written on with it, as the model that it began from says.</summary>
    internal override IReadOnlyList<(string Path, JsonNode Content)> FilesOf(int maxLength) =>
        _generation is null ? [] : [(GenerationConfig.FileName, _generation.DeepClone())];

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

    /// <inheritdoc/>
    internal override IEnumerable<Example> ReadExamples(DataRow row, ExampleColumns columns) =>
        [PromptRows.Read(row, columns)];

    /// <summary>None: tokens have names of their own.</summary>
    internal override LabelMap? FindLabels(
        string source, IReadOnlyList<Example> examples, ExampleColumns columns) => null;

    /// <inheritdoc/>
    internal override LabelMap? LabelsOf(IReadOnlyList<string> names) => null;

    /// <inheritdoc/>
    internal override void RequireUsable(ITextEncoder tokenizer) => _ = WithPlaces(tokenizer, "Language modeling");

    /// <inheritdoc/>
    internal override IReadOnlyList<TokenizedExample> Encode(
        Example example, ITextEncoder tokenizer, int? maxLength, int? stride = null) =>
        [CompletionTokens.Of(example, WithPlaces(tokenizer, "Language modeling"), maxLength)];

    /// <inheritdoc/>
    internal override EvaluationAccumulator Evaluate(EncodedDataset data) =>
        new PredictedTokenAccumulator(data.Inputs, Metrics);

    /// <inheritdoc/>
    internal override (IReadOnlyList<TokenizedExample> Examples, IReadOnlyList<Example>? Texts) ExportSample(
        EncodedDataset eval) =>
        ([.. eval.Inputs.Take(ExportedExamples).Select(e => new TokenizedExample(e.InputIds, e.TokenTypeIds))], null);

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

    /// <summary>The next tokens, of each input those that are learned.</summary>
    private protected override TaskTargets Align(
        Dataset data, IReadOnlyList<TokenizedExample> inputs, IReadOnlyList<int> sources) =>
        TokenTargets.Of([.. inputs.Select(input => ((PredictedExample)input).Targets)], Vocabulary);

    /// <summary>How well a text is predicted: the mean cross-entropy of a token.</summary>
    private protected override TextPrediction Read(
        TokenizedExample input, ReadOnlySpan<float> outputs, IReadOnlyList<string> labels, DecodingOptions options)
    {
        int[] targets = ((PredictedExample)input).Targets;
        PredictedTokenScore score = PredictedTokenAccumulator.ScoreOf(outputs, targets, labels.Count);
        return new TextPrediction([], [(float)(score.Loss / score.Tokens)]);
    }
}
