using System.Text.Json.Nodes;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Models;
using OrtTrainer.Tasks.TokenPrediction;
using OrtTrainer.Text;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tasks.Seq2Seq;

/// <summary>
/// From one text to another (Sutskever et al. 2014): an encoder reads the source, a decoder learns every token of the
/// target from the source and the tokens before it. Outputs are the vocabulary.
/// </summary>
internal sealed class Seq2SeqTask : WritingTask
{
    private Seq2SeqTask(ModelConfig? config = null)
        : base(config)
    {
    }

    /// <summary>The task, of no model yet.</summary>
    public static Seq2SeqTask Instance { get; } = new();

    /// <inheritdoc/>
    public override string Name => "seq2seq";

    /// <inheritdoc/>
    internal override ExampleColumns DefaultColumns { get; } = new("source", "target");

    /// <inheritdoc/>
    internal override ModelHead Head(int outputs) => new TargetTokenHead(outputs);

    /// <inheritdoc/>
    internal override ModelTask For(ModelConfig config, DataOptions? options = null) => new Seq2SeqTask(config);

    /// <inheritdoc/>
    internal override IReadOnlyList<TokenizedExample> Encode(
        Example example, ITextEncoder tokenizer, int? maxLength, int? stride = null) =>
        [TargetTokens.Of(example, tokenizer, maxLength, Config.Size("decoder_start_token_id", SizeRange.TokenId))];

    /// <inheritdoc/>
    internal override JsonObject? InputSchema => JsonSchema.Object(
        "A source with its target.", [DefaultColumns.Text, DefaultColumns.Pair!],
        (DefaultColumns.Text, JsonSchema.Text("The text that another is made of.")),
        (DefaultColumns.Pair!, JsonSchema.Text("That other text, which is scored.")));

    /// <inheritdoc/>
    internal override (IReadOnlyList<TokenizedExample> Examples, IReadOnlyList<Example>? Texts) ExportSample(
        EncodedDataset eval) => ([.. eval.Inputs.Take(ExportedExamples)], null);

    /// <inheritdoc/>
    internal override ModelUsage Usage(Example? example)
    {
        string source = example?.Text ?? SomeText;
        return ModelUsage.Pipeline(
            "text2text-generation", "Seq2SeqLM", Written(source), [source], "{ max_new_tokens: 40 }");
    }
}
