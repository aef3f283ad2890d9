using System.Numerics.Tensors;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Evaluation;
using OrtTrainer.Models;
using OrtTrainer.Tasks.TokenPrediction;
using OrtTrainer.Text;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tasks.MaskedLanguageModel;

/// <summary>
/// Masked language modeling (Devlin et al. 2019): which tokens stood where some of a text were masked. It learns from
/// plain texts, and its outputs are the vocabulary.
/// </summary>
internal sealed class MaskedLanguageModelTask : VocabularyTask
{
    private MaskedLanguageModelTask()
    {
    }

    /// <summary>The task.</summary>
    public static MaskedLanguageModelTask Instance { get; } = new();

    /// <inheritdoc/>
    public override string Name => "masked_lm";

    /// <inheritdoc/>
    internal override IReadOnlyList<Metric> Metrics { get; } =
    [
        new ExamplesMetric<PredictedTokenScores>("perplexity", scores => scores.Perplexity) { HigherIsBetter = false },
        new ExamplesMetric<PredictedTokenScores>("accuracy", scores => scores.Accuracy),
    ];

    /// <inheritdoc/>
    internal override ModelHead Head(int outputs) => new MaskedTokenHead(outputs);

    /// <inheritdoc/>
    internal override bool ReadsPlainTexts => true;

    /// <inheritdoc/>
    internal override LabelMap? FindLabels(
        string source, IReadOnlyList<Example> examples, ExampleColumns columns) => throw NoRows(source);

    /// <inheritdoc/>
    internal override void RequireUsable(ITextEncoder tokenizer) => _ = WithMask(tokenizer);

    /// <inheritdoc/>
    internal override EncodedSplits Load(DataReading reading)
    {
        DataOptions options = reading.Options;
        MaskingOptions masking = options.Masking;
        int vocabulary = reading.Model.Architecture.Shape.Vocabulary;

        // Scores of runs with different seeds can be compared, for the same tokens are masked.
        Tokenizer tokenizer = WithMask(reading.Tokenizer);
        TokenMasking scored = new(masking, tokenizer, vocabulary, options.SplitSeed);
        CorpusExamples corpus = new(masking, tokenizer, reading.MaxLength, reading.Threads, reading.Cancellation);
        TokenBlocks? train = null, eval = null;
        try
        {
            if (options.Eval is { } file)
            {
                (train, eval) = (corpus.All(options.Train), corpus.All(file));
            }
            else
            {
                (train, eval) = corpus.Split(options.Train, options.EvalFraction, options.SplitSeed);
            }

            TokenBlocks? test = options.Test is null ? null : corpus.All(options.Test);
            return new EncodedSplits(
                Labels: null, Encoded(options.Train, train), Encoded(options.Train, new MaskedBlocks(eval, scored)),
                test is null ? null : Encoded(options.Test!, new MaskedBlocks(test, scored)),
                options.Eval ?? FormattableString.Invariant(
                    $"{options.EvalFraction:0.###} of the documents of {options.Train}, seed {options.SplitSeed}"),
                []);
        }
        catch
        {
            train?.Dispose();
            eval?.Dispose();
            throw;
        }

        EncodedDataset Encoded(string source, IReadOnlyList<TokenizedExample> examples) =>
            AsData(source, examples, vocabulary, reading.MaxLength);
    }

    /// <summary>A file or folder of texts, the same tokens masked in it for one seed.</summary>
    internal override EncodedDataset LoadScored(ScoredReading reading)
    {
        (DataOptions options, int vocabulary) = (reading.Options, reading.Outputs.Count);
        Tokenizer tokenizer = WithMask(reading.Tokenizer);
        TokenMasking masking = new(options.Masking, tokenizer, vocabulary, options.SplitSeed);
        TokenBlocks blocks = new CorpusExamples(
            options.Masking, tokenizer, reading.MaxLength, reading.Threads, reading.Cancellation).All(options.Train);
        return AsData(options.Train, new MaskedBlocks(blocks, masking), vocabulary, reading.MaxLength);
    }

    /// <inheritdoc/>
    internal override ExampleDraw DrawOf(DataOptions options, ITextEncoder tokenizer, int outputs, long seed) =>
        new TokenMasking(options.Masking, WithMask(tokenizer), outputs, (ulong)seed);

    /// <inheritdoc/>
    internal override bool TeachesTokens => true;

    /// <summary>Other tokens are masked in every step.</summary>
    internal override bool DrawsTokens => true;

    /// <inheritdoc/>
    internal override (IReadOnlyList<TokenizedExample> Examples, IReadOnlyList<Example>? Texts) ExportSample(
        EncodedDataset eval) =>
        ([.. eval.Inputs.Take(ExportedExamples).Select(e => new TokenizedExample(e.InputIds, e.TokenTypeIds))], null);

    /// <inheritdoc/>
    internal override JsonObject? InputSchema => JsonSchema.Object(
        "A text with masks.", ["text"],
        ("text", JsonSchema.Text("The text, with the tokenizer's mask, such as [MASK], for words to find.")));

    /// <inheritdoc/>
    internal override JsonObject AnswerSchema(IReadOnlyList<string> labels) => JsonSchema.Object(
        "The most probable token of every mask of the text.", ["tokens"],
        ("tokens", JsonSchema.List(
            JsonSchema.Object("A token.", ["token", "score"],
                ("token", JsonSchema.Text("As the vocabulary has it.")),
                ("score", JsonSchema.Probability("Its probability."))),
            "A token for every mask, in the order of the text.")));

    /// <inheritdoc/>
    internal override void Write(Utf8JsonWriter json, TextPrediction prediction, IReadOnlyList<string> labels)
    {
        json.WriteStartArray("tokens");
        foreach ((string token, float score) in prediction.Labels.Zip(prediction.Scores))
        {
            json.WriteStartObject();
            json.WriteString("token", token);
            json.WriteNumber("score", score);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <inheritdoc/>
    internal override ModelUsage Usage(Example? example)
    {
        Example shown = new("The quick brown fox jumps over the lazy [MASK].");
        return ModelUsage.Pipeline(
            "fill-mask", "MaskedLM", ModelUsage.Predicted(shown, "{prediction.Label}"), [shown.Text]);
    }

    /// <inheritdoc/>
    private protected override TaskTargets Targets(
        string source, IReadOnlyList<Example> examples, LabelMap? labels, ExampleColumns columns) =>
        throw NoRows(source);

    /// <inheritdoc/>
    private protected override TokenizedExample Tokenize(
        Example example, ITextEncoder tokenizer, EncodeOptions options)
    {
        TokenIds tokens = tokenizer.EncodeIds(example.Text, example.Pair, options);
        return new MaskedText(tokens.Ids, tokens.TypeIds, WithMask(tokenizer));
    }

    /// <summary>The most probable token of every mask, with its probability.</summary>
    private protected override TextPrediction Read(
        TokenizedExample input, ReadOnlySpan<float> outputs, IReadOnlyList<string> labels,
        DecodingOptions options)
    {
        Tokenizer tokenizer = ((MaskedText)input).Tokenizer;
        List<string> tokens = [];
        List<float> scores = [];
        for (int token = 0; token < input.InputIds.Length; token++)
        {
            if (input.InputIds[token] == tokenizer.MaskId)
            {
                ReadOnlySpan<float> row = outputs.Slice(token * labels.Count, labels.Count);
                int best = TensorPrimitives.IndexOfMax(row);
                tokens.Add(tokenizer.IdToToken(best) ?? labels[best]);
                scores.Add((float)Math.Exp(row[best] - PredictedTokenAccumulator.LogSum(row)));
            }
        }

        return new TextPrediction(tokens, scores);
    }

    private static Tokenizer WithMask(ITextEncoder tokenizer) => tokenizer is Tokenizer { MaskId: not null } known
        ? known
        : throw new ArgumentException(
            $"Masked language modeling needs a tokenizer with a mask token, which this {tokenizer.GetType().Name} does "
            + "not have or tell. Take a model whose tokenizer has one, such as [MASK].", nameof(tokenizer));

    private static EncodedDataset AsData(
        string source, IReadOnlyList<TokenizedExample> examples, int vocabulary, int maxLength) => new(
        new Dataset(source, [], labels: null, new UnlabeledTargets(0, vocabulary)), examples,
        new UnlabeledTargets(examples.Count, vocabulary), maxLength);

    private static RunException NoRows(string source) => new(
        $"{source}: masked_lm learns from plain texts, not from labelled rows; use pretrain.");
}
