using System.Numerics.Tensors;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Evaluation;
using OrtTrainer.Models;
using OrtTrainer.Reports.Documents;
using OrtTrainer.Text;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Tasks.SentenceSimilarity;

/// <summary>
/// A vector for a text, near to those of texts that mean much the same (Reimers and Gurevych 2019). It learns from
/// pairs of texts, with or without a score, and from triplets.
/// </summary>
internal sealed class SentenceSimilarityTask : ModelTask
{
    private readonly EmbeddingSettings? _settings;
    private readonly SimilarityLossKind? _loss;

    private SentenceSimilarityTask(EmbeddingSettings? settings = null, SimilarityLossKind? loss = null) =>
        (_settings, _loss) = (settings, loss);

    /// <summary>The task, of no model yet.</summary>
    public static SentenceSimilarityTask Instance { get; } = new();

    /// <inheritdoc/>
    public override string Name => "sentence_similarity";

    /// <inheritdoc/>
    internal override OutputDistribution Distribution => OutputDistribution.Vectors;

    /// <inheritdoc/>
    internal override IReadOnlyList<Metric> Metrics => [.. SimilarityMetrics.All];

    /// <inheritdoc/>
    internal override bool ChoosesMetricByData => true;

    /// <inheritdoc/>
    internal override string? Assumption => _settings?.Assumption;

    /// <inheritdoc/>
    internal override IReadOnlyList<string> FileNames => SentenceTransformerFiles.Names;

    /// <inheritdoc/>
    internal override bool MakesVectors => true;

    /// <inheritdoc/>
    internal override string WithoutTeachers => "learns from how vectors lie to each other. Take finetune, swa or ema.";

    /// <inheritdoc/>
    internal override ExampleColumns DefaultColumns { get; } =
        new(SimilarityRows.First, SimilarityRows.Second, SimilarityRows.Score);

    private EmbeddingSettings Settings => _settings
        ?? throw new InvalidOperationException("The task is of no model yet, so that its vectors have no width.");

    /// <summary>The width of the vectors and their pooling are the model's own, whatever number is given.</summary>
    internal override ModelHead Head(int outputs) =>
        new EmbeddingHead(Settings.Width, Settings.Pooling, Settings.Normalizes);

    /// <inheritdoc/>
    internal override ModelTask For(ModelConfig config, DataOptions? options = null)
    {
        int width = Architecture.WidthOf(config);
        EmbeddingSettings settings = SentenceTransformerFiles.Read(Path.GetDirectoryName(config.Path)!, width);
        return new SentenceSimilarityTask(
            options?.Pooling is { } pooling
                ? settings with { Pooling = EmbeddingOptions.PoolingOf(pooling), Assumption = null }
                : settings,
            options?.SimilarityLoss is { } loss ? EmbeddingOptions.LossOf(loss) : null);
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<(string Path, JsonNode Content)> FilesOf(
        int maxLength, Func<Tokenizer?> tokenizer) =>
        SentenceTransformerFiles.Of(Settings, Math.Min(maxLength, Settings.MaxLength ?? maxLength));

    /// <inheritdoc/>
    internal override string DescribeOutputs(int outputs) => $"vectors of {outputs}";

    /// <inheritdoc/>
    internal override string DescribeLoss(EncodedDataset train) => EmbeddingOptions.Words(KindFor(train))
        + $", of the {EmbeddingOptions.Words(Settings.Pooling)}"
        + (Settings.Normalizes ? ", divided by its length" : "");

    /// <inheritdoc/>
    internal override IReadOnlyList<string> OutputNames(ModelConfig config) =>
        OutputNames(Architecture.WidthOf(config));

    /// <inheritdoc/>
    internal override IReadOnlyList<string> OutputNames(int outputs) => NumbersTo(outputs);

    /// <summary>The encoder alone, without labels.</summary>
    internal override ModelConfig Describe(
        ModelConfig config, Architecture architecture, IReadOnlyList<string> labels) =>
        config.With(architecture: architecture.ClassOf(Head(labels.Count)))
            .With("problem_type", null).With("id2label", null).With("label2id", null);

    /// <inheritdoc/>
    internal override IReadOnlyList<Metric> MetricsOf(Dataset data) => SimilarityMetrics.Of(
        ((PairTargets)data.Targets).Scores is not null, ((PairTargets)data.Targets).Texts);

    /// <inheritdoc/>
    internal override IEnumerable<Example> ReadExamples(DataRow row, ExampleColumns columns) =>
        [SimilarityRows.Read(row, columns)];

    /// <summary>None: scores are not named.</summary>
    internal override LabelMap? FindLabels(
        string source, IReadOnlyList<Example> examples, ExampleColumns columns) => null;

    /// <inheritdoc/>
    internal override LabelMap? LabelsOf(IReadOnlyList<string> names) => null;

    /// <inheritdoc/>
    internal override int? OutputsWithoutLabels(ModelConfig config) => Architecture.WidthOf(config);

    /// <summary>An input per text.</summary>
    internal override IReadOnlyList<TokenizedExample> Encode(
        Example example, ITextEncoder tokenizer, int? maxLength, int? stride = null)
    {
        IReadOnlyList<string> texts = example is SimilarityExample known ? known.Texts
            : example.Pair is { } pair ? [example.Text, pair]
            : [example.Text];
        return [.. texts.SelectMany(text => base.Encode(new Example(text), tokenizer, maxLength, stride))];
    }

    /// <inheritdoc/>
    internal override LossTerm? LossWithoutData => null;

    /// <inheritdoc/>
    internal override LossTerm LossOf(EncodedDataset train, int batchSize) =>
        EmbeddingOptions.Loss(KindFor(train), train, batchSize);

    /// <inheritdoc/>
    internal override IEnumerable<ReportBlock> Report(EvaluatedExamples examples, EncodedDataset data) =>
        SimilarityReport.Of(examples, data.Source);

    /// <inheritdoc/>
    internal override EvaluationAccumulator Evaluate(EncodedDataset data)
    {
        TextTargets targets = (TextTargets)data.Targets;
        return new SimilarityAccumulator(
            data, targets.HasScores ? new CosentLoss(targets) : new MultipleNegativesLoss(targets));
    }

    /// <inheritdoc/>
    internal override JsonObject? InputSchema => JsonSchema.Object(
        "A text, or a pair of texts.", [],
        ("text", JsonSchema.Text("The text.")),
        ("pair", JsonSchema.Text("The second text of a pair.")),
        (SimilarityRows.First, JsonSchema.Text("Another name of the text.")),
        (SimilarityRows.Second, JsonSchema.Text("Another name of the second text.")));

    /// <inheritdoc/>
    internal override JsonObject AnswerSchema(IReadOnlyList<string> labels) => JsonSchema.Object(
        "The vector of a text, or how alike the texts of a pair are.", [],
        ("embedding", JsonSchema.List(JsonSchema.Number("A value."), $"The vector of a text: {labels.Count} values.")),
        ("similarity", JsonSchema.Number("The cosine of the vectors of a pair, -1 to 1.")));

    /// <inheritdoc/>
    internal override void Write(Utf8JsonWriter json, TextPrediction prediction, IReadOnlyList<string> labels)
    {
        if (prediction is SimilarityPrediction pair)
        {
            json.WriteNumber("similarity", pair.Similarity);
            return;
        }

        json.WriteStartArray("embedding");
        foreach (float value in ((EmbeddingPrediction)prediction).Embedding)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
    }

    /// <inheritdoc/>
    internal override ModelUsage Usage(Example? example)
    {
        Example shown = new(example?.Text ?? SomeText);
        string embedding = ModelUsage.Predicted(
            shown, "{string.Join(\", \", prediction.Scores.Take(4))}");
        string pooling = _settings?.Pooling == Pooling.Cls ? "cls" : "mean";
        return ModelUsage.Pipeline(
            "feature-extraction", "FeatureExtraction", embedding, [shown.Text],
            $"{{ pooling: \"{pooling}\", normalize: true }}") with
        {
            PipelineTag = "sentence-similarity",
        };
    }

    /// <inheritdoc/>
    private protected override TaskTargets Targets(
        string source, IReadOnlyList<Example> examples, LabelMap? labels, ExampleColumns columns)
    {
        SimilarityExample[] pairs = [.. examples.Cast<SimilarityExample>()];
        SimilarityExample first = pairs[0];
        foreach (SimilarityExample pair in pairs)
        {
            if (pair.Negatives.Count != first.Negatives.Count)
            {
                throw new DataFileException(source, pair.Line, $"the row has {pair.Negatives.Count} negatives, line "
                    + $"{first.Line} has {first.Negatives.Count}; expected as many in every row. Bring the rows to one "
                    + "number of negatives.");
            }

            if (pair.Score is null != first.Score is null)
            {
                throw new DataFileException(source, pair.Line, $"the row has {(pair.Score is null ? "no" : "a")} "
                    + $"score, line {first.Line} has {(first.Score is null ? "none" : "one")}; expected a score in "
                    + "every row or in none. Put rows without into a file of their own.");
            }
        }

        return new PairTargets(
            first.Score is null ? null : [.. pairs.Select(pair => pair.Score!.Value)], pairs.Length, first.Texts.Count,
            Settings.Width);
    }

    /// <summary>From rows to their texts.</summary>
    private protected override TaskTargets Align(
        Dataset data, IReadOnlyList<TokenizedExample> inputs, IReadOnlyList<int> sources)
    {
        PairTargets pairs = (PairTargets)data.Targets;
        Dictionary<string, int> numbers = new(StringComparer.Ordinal);
        int[] texts =
        [
            .. data.Examples.SelectMany(pair => ((SimilarityExample)pair).Texts)
                .Select(text => numbers.TryGetValue(text, out int known) ? known : numbers[text] = numbers.Count),
        ];
        return new TextTargets(
            texts, pairs.Texts, pairs.Scores is { } scores ? [.. sources.Select(row => scores[row])] : null,
            Settings.Width);
    }

    /// <inheritdoc/>
    private protected override TextPrediction Read(
        TokenizedExample input, ReadOnlySpan<float> outputs, IReadOnlyList<string> labels, DecodingOptions options) =>
        new EmbeddingPrediction(outputs.ToArray());

    /// <summary>The cosine of the vectors of two texts.</summary>
    private protected override TextPrediction ReadWindows(
        IReadOnlyList<TokenizedExample> windows, IReadOnlyList<float[]> outputs, IReadOnlyList<string> labels,
        DecodingOptions options) =>
        new SimilarityPrediction(TensorPrimitives.CosineSimilarity<float>(outputs[0], outputs[1]));

    /// <summary>A folder that says how vectors are made, or a bare encoder.</summary>
    private protected override bool IsNamedBy(ModelConfig config) =>
        config.ProblemType is null && config.ClassName is var name
        && (SentenceTransformerFiles.AreBeside(config)
            ? name?.EndsWith("ForSequenceClassification", StringComparison.Ordinal) != true
            : name?.EndsWith("Model", StringComparison.Ordinal) == true
                && !name.EndsWith("LMHeadModel", StringComparison.Ordinal));

    private SimilarityLossKind KindFor(EncodedDataset train) => _loss
        ?? (((TextTargets)train.Targets).HasScores ? SimilarityLossKind.Cosent : SimilarityLossKind.MultipleNegatives);
}
