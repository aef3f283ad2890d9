using System.Buffers;
using Microsoft.ML.Tokenizers;
using OrtTrainer.Text.Interop;

namespace OrtTrainer.Text;

/// <content>
/// The contract of <see cref="Microsoft.ML.Tokenizers.Tokenizer"/>: tokens of one text, without special tokens. Ranges
/// are UTF-16 positions of the normalized text, or of the text itself where there is no normalizer or it is not
/// considered; the normalized text is null then. Without pre-tokenization a text is one word, but bytes and blanks are
/// still written as the model knows them. A greatest number of tokens never parts the tokens of one character.
/// </content>
public sealed partial class Tokenizer
{
    private readonly Lazy<TokenPipeline>[] _byFlags;

    /// <inheritdoc/>
    public override string Decode(IEnumerable<int> ids) => Decode(ids, skipSpecialTokens: true);

    /// <inheritdoc/>
    public override OperationStatus Decode(
        IEnumerable<int> ids, Span<char> destination, out int idsConsumed, out int charsWritten)
    {
        int[] all = [.. ids];
        string text = Decode(all);
        string part = text;
        idsConsumed = all.Length;
        if (text.Length > destination.Length)
        {
            // The tokens of one character decode to something else as long as some are missing.
            do
            {
                part = Decode(all.Take(--idsConsumed));
            }
            while (part.Length > destination.Length || !text.StartsWith(part, StringComparison.Ordinal));
        }

        part.CopyTo(destination);
        charsWritten = part.Length;
        return idsConsumed == all.Length ? OperationStatus.Done : OperationStatus.DestinationTooSmall;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Without a greatest number of tokens and with all steps ids come by the fast way, and no normalized text.
    /// </remarks>
    protected override EncodeResults<int> EncodeToIds(
        string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        ReadOnlySpan<char> source = text is null ? textSpan : text;
        if (IsPlain(settings))
        {
            List<int> ids = [];
            _ids.Append(source, ids);
            return new EncodeResults<int> { Tokens = ids, CharsConsumed = source.Length };
        }

        TokenSpans spans = Spans(source, settings);
        int count = spans.CountFromStart(Most(settings));
        return new EncodeResults<int>
        {
            Tokens = [.. spans.Tokens.Take(count).Select(token => token.Id)],
            NormalizedText = Normalized(spans, settings),
            CharsConsumed = spans.EndOf(count),
        };
    }

    /// <inheritdoc/>
    protected override EncodeResults<EncodedToken> EncodeToTokens(
        string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        TokenSpans spans = Spans(text is null ? textSpan : text, settings);
        int count = spans.CountFromStart(Most(settings));
        return new EncodeResults<EncodedToken>
        {
            Tokens = spans.Encoded(count, IdToToken),
            NormalizedText = Normalized(spans, settings),
            CharsConsumed = spans.EndOf(count),
        };
    }

    /// <inheritdoc/>
    protected override int CountTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings) =>
        EncodeToIds(text, textSpan, settings).Tokens.Count;

    /// <inheritdoc/>
    protected override int GetIndexByTokenCount(
        string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings, bool fromEnd, out string? normalizedText,
        out int tokenCount)
    {
        TokenSpans spans = Spans(text is null ? textSpan : text, settings);
        normalizedText = Normalized(spans, settings);
        tokenCount = fromEnd ? spans.CountFromEnd(Most(settings)) : spans.CountFromStart(Most(settings));
        return fromEnd ? spans.StartOf(tokenCount) : spans.EndOf(tokenCount);
    }

    private static bool IsPlain(EncodeSettings settings) =>
        settings is { ConsiderNormalization: true, ConsiderPreTokenization: true, MaxTokenCount: int.MaxValue };

    private static int Most(EncodeSettings settings) => settings.MaxTokenCount >= 1
        ? settings.MaxTokenCount
        : throw new ArgumentOutOfRangeException(
            "maxTokenCount", settings.MaxTokenCount, "The greatest number of tokens must be 1 or more.");

    private TokenSpans Spans(ReadOnlySpan<char> text, EncodeSettings settings) => new(
        _byFlags[Flags(settings.ConsiderNormalization, settings.ConsiderPreTokenization)].Value, text);

    private string? Normalized(TokenSpans spans, EncodeSettings settings) =>
        _parts.Normalizer is not null && settings.ConsiderNormalization ? spans.NormalizedText : null;

    private static int Flags(bool normalization, bool preTokenization) =>
        (normalization ? 1 : 0) + (preTokenization ? 2 : 0);

    private static Lazy<TokenPipeline>[] PipelinesByFlags(Loading.TokenizerParts parts) =>
    [
        new(() => new TokenPipeline(parts.With(normalization: false, preTokenization: false))),
        new(() => new TokenPipeline(parts.With(normalization: true, preTokenization: false))),
        new(() => new TokenPipeline(parts.With(normalization: false, preTokenization: true))),
        new(() => new TokenPipeline(parts)),
    ];
}
