using OrtTrainer.Text.AddedTokens;
using OrtTrainer.Text.Alignment;
using OrtTrainer.Text.Decoding;
using OrtTrainer.Text.Loading;
using OrtTrainer.Text.Models;
using OrtTrainer.Text.PostProcessing;
using OrtTrainer.Text.PreTokenization;

namespace OrtTrainer.Text;

/// <summary>
/// Turns text into token ids and back, exactly as the tokenizer a model was trained with. Safe to use from several threads.
/// </summary>
public sealed partial class Tokenizer
{
    private readonly AddedVocabulary _added;
    private readonly PreTokenizer? _preTokenizer;
    private readonly TokenModel _model;
    private readonly OffsetTrimming? _trimming;
    private readonly EncodingAssembly _assembly;
    private readonly Decoder? _decoder;

    internal Tokenizer(TokenizerParts parts)
    {
        _added = new AddedVocabulary(parts.AddedTokens, parts.Normalizer);
        _preTokenizer = parts.PreTokenizer;
        _model = parts.Model;
        _trimming = parts.Trimming;
        _assembly = new EncodingAssembly(parts.Template);
        _decoder = parts.Decoder;
        TokenizerFiles = parts.Files;
    }

    /// <summary>The files the tokenizer was read from: what has to lie beside a model that is exported with it.</summary>
    public IReadOnlyList<string> TokenizerFiles { get; }

    /// <summary>Encodes a text, or a pair of texts, with offsets and word ids.</summary>
    /// <param name="text">The text; lone surrogates count as U+FFFD.</param>
    /// <param name="pair">The second text of a pair, or null.</param>
    /// <param name="options">How to encode; null for <see cref="EncodeOptions.Default"/>.</param>
    /// <exception cref="TruncationException">The text cannot be cut as the options ask.</exception>
    public Encoding Encode(string text, string? pair = null, EncodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        return _assembly.Assemble(
            Tokenize(text), pair is null ? null : Tokenize(pair), options ?? EncodeOptions.Default);
    }

    /// <summary>The text that token ids stand for.</summary>
    /// <param name="ids">Token ids; unknown ones are left out.</param>
    /// <param name="skipSpecialTokens">Whether special tokens are left out.</param>
    public string Decode(IEnumerable<int> ids, bool skipSpecialTokens = true)
    {
        ArgumentNullException.ThrowIfNull(ids);
        List<string> tokens = [];
        foreach (int id in ids)
        {
            if (_added.Decoded(id) is var (text, special))
            {
                if (!(special && skipSpecialTokens))
                {
                    tokens.Add(text);
                }
            }
            else if (_model.Vocabulary.Token(id) is { } token)
            {
                tokens.Add(token);
            }
        }

        return _decoder is null ? string.Join(' ', tokens) : string.Concat(_decoder.Decode(tokens));
    }

    private TokenSequence Tokenize(string text)
    {
        PreTokenizedText pieces = _added.Extract(text);
        _preTokenizer?.Apply(pieces);
        TokenSequence sequence = new();
        List<ModelToken> tokens = [];
        for (int word = 0; word < pieces.Pieces.Count; word++)
        {
            (NormalizedText piece, int? tokenId) = pieces.Pieces[word];
            tokens.Clear();
            if (tokenId is { } id)
            {
                tokens.Add(new ModelToken(id, 0, piece.Length));
            }
            else
            {
                _model.Tokenize(piece.Points, tokens);
            }

            foreach (ModelToken token in tokens)
            {
                sequence.Add(token.Id, OffsetOf(sequence.Count, token, piece), word);
            }
        }

        return sequence;
    }

    private TextRange OffsetOf(int index, ModelToken token, NormalizedText piece)
    {
        TextRange range = piece.OriginalRange(token.Start, token.End);
        return _trimming is null ? range : _trimming.Trim(index, IdToToken(token.Id) ?? "", range);
    }
}
