using System.Text.Json;
using OrtTrainer.Data;
using OrtTrainer.Evaluation;
using OrtTrainer.Models;
using OrtTrainer.Text;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Tasks.TokenClassification;

/// <summary>
/// A tag for every word of a text, as for named entities. The first token of a word has its tag; the others are ignored
/// in training and scores.
/// </summary>
internal sealed class TokenClassificationTask : ModelTask
{
    private TokenClassificationTask()
    {
    }

    /// <summary>The task.</summary>
    public static TokenClassificationTask Instance { get; } = new();

    /// <inheritdoc/>
    public override string Name => "token_classification";

    /// <inheritdoc/>
    internal override OutputDistribution Distribution => OutputDistribution.Categorical;

    /// <inheritdoc/>
    internal override IReadOnlyList<Metric> Metrics { get; } =
    [
        Of("f1", sentences => sentences.Entities.F1),
        Of("precision", sentences => sentences.Entities.Precision),
        Of("recall", sentences => sentences.Entities.Recall),
        Of("accuracy", sentences => sentences.Accuracy),
    ];

    /// <inheritdoc/>
    internal override ExampleColumns DefaultColumns { get; } = new(TaggedRow.Words, Label: TaggedRow.Tags);

    /// <inheritdoc/>
    internal override ModelHead Head(int outputs) => new TokenHead(outputs);

    /// <inheritdoc/>
    internal override string DescribeOutputs(int outputs) => $"{outputs} tags";

    /// <inheritdoc/>
    internal override IEnumerable<Example> ReadExamples(DataRow row, ExampleColumns columns) =>
        [TaggedRow.Read(row, columns)];

    /// <inheritdoc/>
    internal override int FewestOutputs => 2;

    /// <inheritdoc/>
    internal override LabelMap FindLabels(string source, IReadOnlyList<Example> examples, ExampleColumns columns) =>
        LabelFields.Enough(
            source, examples.Count, examples.SelectMany(example => TagsOf(example, source)), needed: 2, columns.Label);

    /// <inheritdoc/>
    internal override void RequireUsable(ITextEncoder tokenizer) => _ = WithPlaces(tokenizer);

    /// <inheritdoc/>
    internal override IEnumerable<string> LeftOut(EncodedDataset data)
    {
        int words = data.Inputs.Sum(input => ((TokenizedWords)input).FirstTokens.Count);
        int without = data.Inputs.Sum(
            input => ((TokenizedWords)input).FirstTokens.Count(token => token == TokenizedWords.None));
        return without == 0 ? base.LeftOut(data) :
        [
            .. base.LeftOut(data),
            $"{without} of {words} words have no token, or only such as were cut off: their tags are neither learned "
            + "nor scored.",
        ];
    }

    /// <inheritdoc/>
    internal override EvaluationAccumulator Evaluate(EncodedDataset data) =>
        new TagAccumulator((TokenTargets)data.Targets, data.Source.Labels!.Names, Metrics);

    /// <inheritdoc/>
    internal override void Write(Utf8JsonWriter json, TextPrediction prediction, IReadOnlyList<string> labels)
    {
        json.WriteStartArray("entities");
        foreach (TextEntity entity in ((TokenPrediction)prediction).Entities)
        {
            json.WriteStartObject();
            json.WriteString("text", entity.Text);
            json.WriteString("type", entity.Type);
            json.WriteNumber("start", entity.Place.Start);
            json.WriteNumber("end", entity.Place.End);
            json.WriteNumber("score", entity.Score);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <inheritdoc/>
    private protected override TaskTargets Targets(
        string source, IReadOnlyList<Example> examples, LabelMap? labels, ExampleColumns columns)
    {
        ArgumentNullException.ThrowIfNull(labels);
        return TokenTargets.Of(
            [.. examples.Select(example => TagsOf(example, source)
                .Select(tag => LabelFields.Known(labels, tag, source, example.Line)).ToArray())],
            labels.Count);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The example is a pair, or the tokenizer gives no places.</exception>
    private protected override TokenizedExample Tokenize(
        Example example, ITextEncoder tokenizer, EncodeOptions options) => example.Pair is null
        ? TokenizedWords.Of(example, WithPlaces(tokenizer).Encode(example.Text, options: options))
        : throw new ArgumentException("Tokens are classified in single texts; found a pair.", nameof(example));

    /// <summary>From a class per word to one per token.</summary>
    private protected override TaskTargets Align(Dataset data, IReadOnlyList<TokenizedExample> inputs)
    {
        TokenTargets words = (TokenTargets)data.Targets;
        int[][] tokens = [.. inputs.Select((input, example) => Spread((TokenizedWords)input, words.IdsOf(example)))];
        return TokenTargets.Of(tokens, words.Outputs);
    }

    /// <inheritdoc/>
    private protected override TextPrediction Read(
        TokenizedExample input, ReadOnlySpan<float> outputs, IReadOnlyList<string> labels, DecodingOptions options) =>
        new TokenPrediction(EntityDecoding.Read((TokenizedWords)input, outputs, labels));

    private static Tokenizer WithPlaces(ITextEncoder tokenizer) => tokenizer as Tokenizer
        ?? throw new ArgumentException(
            $"Token classification needs the place of every token in its text, which {tokenizer.GetType().Name} does "
            + "not give. Use the tokenizer of the model's folder.", nameof(tokenizer));

    private static int[] Spread(TokenizedWords input, ReadOnlySpan<int> classes)
    {
        int[] ids = new int[input.InputIds.Length];
        Array.Fill(ids, CategoricalTargets.Ignored);
        for (int word = 0; word < classes.Length; word++)
        {
            if (input.FirstTokens[word] is var token && token != TokenizedWords.None)
            {
                ids[token] = classes[word];
            }
        }

        return ids;
    }

    private static IReadOnlyList<string> TagsOf(Example example, string source) =>
        (example as TaggedExample)?.Tags
        ?? throw new DataFileException(source, example.Line, "the row has no tags: name the column that holds them.");

    private static ExamplesMetric<TaggedSentences> Of(string name, Func<TaggedSentences, double> score) =>
        new(name, score);
}
