using System.Text.Json.Nodes;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Models;
using OrtTrainer.Tasks.TokenPrediction;
using OrtTrainer.Text;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tasks.CausalLanguageModel;

/// <summary>
/// Language modeling from left to right (Radford et al. 2019): every token from those before it. It learns from texts,
/// all of their tokens, from prompts with completions, the completion's tokens alone, and from conversations, the
/// assistant's tokens alone; a token that ends a text is learned with it. Outputs are the vocabulary.
/// </summary>
internal sealed class CausalLanguageModelTask : WritingTask
{
    private CausalLanguageModelTask(ModelConfig? config = null)
        : base(config)
    {
    }

    /// <summary>The task, of no model yet.</summary>
    public static CausalLanguageModelTask Instance { get; } = new();

    /// <inheritdoc/>
    public override string Name => "causal_lm";

    /// <inheritdoc/>
    internal override ExampleColumns DefaultColumns { get; } = new(PromptRows.Prompt, PromptRows.Completion);

    /// <inheritdoc/>
    internal override ModelHead Head(int outputs) => new NextTokenHead(outputs);

    /// <inheritdoc/>
    internal override ModelTask For(ModelConfig config, DataOptions? options = null) =>
        new CausalLanguageModelTask(config);

    /// <inheritdoc/>
    internal override IEnumerable<Example> ReadExamples(DataRow row, ExampleColumns columns) =>
        [PromptRows.HoldsChat(row, columns) ? ChatRows.Read(row) : PromptRows.Read(row, columns)];

    /// <inheritdoc/>
    internal override void RequireUsable(ITextEncoder tokenizer) => _ = WithPlaces(tokenizer, "Language modeling");

    /// <inheritdoc/>
    internal override IReadOnlyList<TokenizedExample> Encode(
        Example example, ITextEncoder tokenizer, int? maxLength, int? stride = null) =>
        [
            example is ChatExample chat
                ? ChatTokens.Of(chat, WithPlaces(tokenizer, "Language modeling"), maxLength)
                : CompletionTokens.Of(example, WithPlaces(tokenizer, "Language modeling"), maxLength),
        ];

    /// <inheritdoc/>
    internal override JsonObject? InputSchema => JsonSchema.Object(
        "A prompt with its completion, or a text.", [],
        (PromptRows.Prompt, JsonSchema.Text("The prompt.")),
        (PromptRows.Completion, JsonSchema.Text("What is to follow it, and is scored.")),
        ("text", JsonSchema.Text("A text, in place of both.")));

    /// <inheritdoc/>
    internal override (IReadOnlyList<TokenizedExample> Examples, IReadOnlyList<Example>? Texts) ExportSample(
        EncodedDataset eval) =>
        ([.. eval.Inputs.Take(ExportedExamples).Select(e => new TokenizedExample(e.InputIds, e.TokenTypeIds))], null);

    /// <inheritdoc/>
    internal override ModelUsage Usage(Example? example)
    {
        string prompt = example is null or ChatExample ? SomeText : example.Text;
        return ModelUsage.Pipeline("text-generation", "CausalLM", Written(prompt), [prompt], "{ max_new_tokens: 40 }");
    }

    /// <summary>An answer in a chat has an end of its own.</summary>
    private protected override IReadOnlyList<int>? NewEnds(Func<Tokenizer?> tokenizer)
    {
        if (tokenizer() is not { ChatTemplate: not null } own)
        {
            return null;
        }

        IReadOnlyList<int> named = GenerationConfig.EndTokens(Path.GetDirectoryName(Config.Path)!, Config, own);
        IReadOnlyList<int> all = ChatTokens.WithEndOfAnswer(named, own);
        return all.Count > named.Count ? all : null;
    }

    /// <summary>By either of the two names that Hugging Face's classes with such a head have.</summary>
    private protected override bool IsNamedBy(ModelConfig config) => base.IsNamedBy(config)
        || (config.ProblemType is null && config.ClassName?.EndsWith("LMHeadModel", StringComparison.Ordinal) == true);
}
