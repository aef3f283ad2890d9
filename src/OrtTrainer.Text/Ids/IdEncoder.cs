using System.Buffers;
using OrtTrainer.Text.Loading;
using OrtTrainer.Text.Models;
using OrtTrainer.Text.Normalization;
using OrtTrainer.Text.PreTokenization;

namespace OrtTrainer.Text.Ids;

/// <summary>
/// Turns text into ids without offsets. Texts that hold an added token go through <see cref="TokenPipeline"/>; for
/// others, kinds of tokenizers that are worth it take a shortcut with the same result. Safe to use from several
/// threads.
/// </summary>
internal abstract class IdEncoder
{
    private readonly TokenPipeline _pipeline;
    private readonly SearchValues<string> _addedTokens;

    private protected IdEncoder(TokenPipeline pipeline)
    {
        _pipeline = pipeline;
        _addedTokens = SearchValues.Create(
            [.. pipeline.Added.Tokens.Select(token => token.Content)], StringComparison.Ordinal);
    }

    /// <summary>The fastest encoder for a tokenizer.</summary>
    public static IdEncoder For(TokenizerParts parts, TokenPipeline pipeline) => parts switch
    {
        _ when pipeline.Added.HasNormalizedTokens => new PipelineIdEncoder(pipeline),
        {
            Normalizer: BertNormalizer { Options.CleanText: true } normalizer,
            PreTokenizer: BertPreTokenizer,
            Model: WordPieceModel model,
        } => new BertIdEncoder(pipeline, normalizer.Options, model),
        {
            PreTokenizer: ByteLevelPreTokenizer { UseGpt2Pattern: true } preTokenizer, Model: BpeModel model
        } when ByteLevelIdEncoder.Supports(model) =>
            new ByteLevelIdEncoder(pipeline, parts.Normalizer, preTokenizer.AddPrefixSpace, model),
        _ => new PipelineIdEncoder(pipeline),
    };

    /// <summary>Appends the ids of a text.</summary>
    public void Append(ReadOnlySpan<char> text, List<int> ids)
    {
        if (text.ContainsAny(_addedTokens))
        {
            _pipeline.AppendIds(text, ids);
        }
        else
        {
            AppendPlain(text, ids);
        }
    }

    /// <summary>Appends the ids of a text that holds no added token.</summary>
    protected abstract void AppendPlain(ReadOnlySpan<char> text, List<int> ids);

    /// <summary>Appends the ids of a part of a text the long way.</summary>
    protected void AppendByPipeline(ReadOnlySpan<char> text, List<int> ids) => _pipeline.AppendIds(text, ids);
}
