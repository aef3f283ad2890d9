using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Evaluation;
using OrtTrainer.Models;
using OrtTrainer.Text;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tasks.TokenPrediction;

/// <summary>
/// A task of models that write: each row of the data is a text of its own, and its tokens, in order, are what is
/// learned.
/// </summary>
/// <param name="config">The model's configuration; null for the task of no model yet.</param>
internal abstract class WritingTask(ModelConfig? config) : VocabularyTask
{
    private readonly JsonObject? _generation =
        config is null ? null : GenerationConfig.Read(Path.GetDirectoryName(config.Path)!);

    /// <inheritdoc/>
    internal sealed override bool WritesTexts => true;

    /// <inheritdoc/>
    internal sealed override IReadOnlyList<Metric> Metrics => PredictedTokenScores.Metrics;

    /// <inheritdoc/>
    internal sealed override IReadOnlyList<string> FileNames => [GenerationConfig.FileName];

    /// <summary>The model's configuration.</summary>
    private protected ModelConfig Config => config
        ?? throw new InvalidOperationException("The task is of no model yet, so that it has no vocabulary.");

    private int Vocabulary => Config.Size("vocab_size", SizeRange.Vocabulary);

    /// <summary>How texts are written with the model, as the one that it began from says, with all tokens that end
    /// them.</summary>
    internal sealed override IReadOnlyList<(string Path, JsonNode Content)> FilesOf(
        int maxLength, Func<Tokenizer?> tokenizer)
    {
        IReadOnlyList<int>? ends = NewEnds(tokenizer);
        if (_generation is null && ends is null)
        {
            return [];
        }

        JsonObject content = (JsonObject?)_generation?.DeepClone() ?? GenerationConfig.Of(Config);
        if (ends is not null)
        {
            content[GenerationConfig.EndField] = new JsonArray([.. ends.Select(id => (JsonNode)id)]);
        }

        return [(GenerationConfig.FileName, content)];
    }

    /// <summary>Statements of C# that write on behind a text.</summary>
    private protected static string Written(string text) => $$"""
        using OrtTrainer.Generation;

        using Generator generator = Generator.Open("{folder}");
        Console.WriteLine(generator.Generate([{{ModelUsage.Quoted(text)}}])[0].Text);
        """;

    /// <summary>The tokens that end what the model writes where its files do not name all of them; null where they
    /// do.</summary>
    private protected virtual IReadOnlyList<int>? NewEnds(Func<Tokenizer?> tokenizer) => null;

    /// <summary>None: tokens have names of their own.</summary>
    internal sealed override LabelMap? FindLabels(
        string source, IReadOnlyList<Example> examples, ExampleColumns columns) => null;

    /// <inheritdoc/>
    internal sealed override JsonObject AnswerSchema(IReadOnlyList<string> labels) => JsonSchema.Object(
        "How well the model foretells the text.", ["nll", "perplexity"],
        ("nll", JsonSchema.Number("The mean negative log likelihood of a token, in nats.")),
        ("perplexity", JsonSchema.Number("exp(nll).")));

    /// <inheritdoc/>
    internal sealed override void Write(
        Utf8JsonWriter json, TextPrediction prediction, IReadOnlyList<string> labels)
    {
        json.WriteNumber("nll", prediction.Scores[0]);
        json.WriteNumber("perplexity", Math.Exp(prediction.Scores[0]));
    }

    /// <summary>None but the number of examples, until these are tokens of a model.</summary>
    private protected sealed override TaskTargets Targets(
        string source, IReadOnlyList<Example> examples, LabelMap? labels, ExampleColumns columns) =>
        new UnlabeledTargets(examples.Count, config is null ? 0 : Vocabulary);

    /// <summary>The tokens of each input that are learned.</summary>
    private protected sealed override TaskTargets Align(
        Dataset data, IReadOnlyList<TokenizedExample> inputs, IReadOnlyList<int> sources) =>
        TokenTargets.Of([.. inputs.Select(input => ((PredictedExample)input).Targets)], Vocabulary);

    /// <summary>How well a text is predicted: the mean cross-entropy of a token.</summary>
    private protected sealed override TextPrediction Read(
        TokenizedExample input, ReadOnlySpan<float> outputs, IReadOnlyList<string> labels, DecodingOptions options)
    {
        int[] targets = ((PredictedExample)input).Targets;
        PredictedTokenScore score = PredictedTokenAccumulator.ScoreOf(outputs, targets, labels.Count);
        return new TextPrediction([], [(float)(score.Loss / score.Tokens)]);
    }
}
