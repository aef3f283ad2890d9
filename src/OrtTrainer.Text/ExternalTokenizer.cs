using Microsoft.ML.Tokenizers;
using OrtTrainer.Text.PostProcessing;

namespace OrtTrainer.Text;

/// <summary>
/// A tokenizer of Microsoft.ML.Tokenizers for training and prediction: it gives the ids of each text, and special
/// tokens and truncation are added here. There are no tokenizer files to export with it.
/// </summary>
public sealed class ExternalTokenizer : ITextEncoder
{
    private readonly Microsoft.ML.Tokenizers.Tokenizer _tokenizer;
    private readonly EncodingAssembly _assembly;

    /// <summary>Any tokenizer, with special tokens as told.</summary>
    /// <param name="tokenizer">The tokenizer; safe to use from several threads, as all of the library's are.</param>
    /// <param name="layout">Which special tokens go where.</param>
    /// <param name="vocabularySize">The number of different ids, 1 or more; null where it is not known.</param>
    /// <exception cref="ArgumentException">The tokenizer puts special tokens around texts itself, so that they would
    /// be there twice, and in the middle of pairs.</exception>
    public ExternalTokenizer(
        Microsoft.ML.Tokenizers.Tokenizer tokenizer, SpecialTokenLayout layout, int? vocabularySize = null)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(layout);
        if (AddsSpecialTokens(tokenizer))
        {
            throw new ArgumentException(
                $"The {tokenizer.GetType().Name} adds tokens at the beginning or end of every text itself; create it "
                + "without them and name them in the layout.", nameof(tokenizer));
        }

        _tokenizer = tokenizer;
        _assembly = new EncodingAssembly(layout.ToTemplate());
        VocabularySize = vocabularySize;
    }

    /// <summary>A BERT tokenizer with its own special tokens, as its BuildInputsWithSpecialTokens puts them.</summary>
    public ExternalTokenizer(BertTokenizer tokenizer)
        : this(tokenizer, SpecialTokenLayout.Bert(
            (tokenizer ?? throw new ArgumentNullException(nameof(tokenizer))).ClassificationTokenId,
            tokenizer.SeparatorTokenId))
    {
    }

    /// <inheritdoc/>
    public int? VocabularySize { get; }

    /// <inheritdoc/>
    public TokenIds EncodeIds(string text, string? pair = null, EncodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        return _assembly.AssembleIds(
            _tokenizer.EncodeToIds(text), pair is null ? null : _tokenizer.EncodeToIds(pair),
            options ?? EncodeOptions.Default);
    }

    // Not every class tells by a property; but what it adds covers no text. BertTokenizer adds its tokens only through
    // methods of its own, not through those of the base class.
    private static bool AddsSpecialTokens(Microsoft.ML.Tokenizers.Tokenizer tokenizer)
    {
        IReadOnlyList<EncodedToken> probe = tokenizer.EncodeToTokens("a", out _);
        return probe.Count > 1 && (IsEmpty(probe[0].Offset) || IsEmpty(probe[^1].Offset));
    }

    private static bool IsEmpty(Range range) => range.Start.Value == range.End.Value;
}
