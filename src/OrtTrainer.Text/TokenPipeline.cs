using OrtTrainer.Text.AddedTokens;
using OrtTrainer.Text.Alignment;
using OrtTrainer.Text.Loading;
using OrtTrainer.Text.Models;
using OrtTrainer.Text.PostProcessing;
using OrtTrainer.Text.PreTokenization;

namespace OrtTrainer.Text;

/// <summary>
/// Text to tokens, step by step: added tokens, normalizer, pre-tokenizer, model. It keeps track of offsets; encoders
/// of ids alone take shortcuts that must agree with it.
/// </summary>
internal sealed class TokenPipeline(TokenizerParts parts)
{
    private readonly PreTokenizer? _preTokenizer = parts.PreTokenizer;
    private readonly TokenModel _model = parts.Model;
    private readonly OffsetTrimming? _trimming = parts.Trimming;

    /// <summary>The added tokens.</summary>
    public AddedVocabulary Added { get; } = new(parts.AddedTokens, parts.Normalizer);

    /// <summary>The tokens of a text with their offsets and words.</summary>
    public TokenSequence Tokenize(string text)
    {
        TokenSequence sequence = new();
        List<ModelToken> tokens = [];
        IReadOnlyList<PreTokenizedText.Piece> pieces = Pieces(text);
        for (int word = 0; word < pieces.Count; word++)
        {
            Tokenize(pieces[word], tokens);
            foreach (ModelToken token in tokens)
            {
                sequence.Add(token.Id, Offset(sequence.Count, token, pieces[word]), word);
            }
        }

        return sequence;
    }

    /// <summary>The tokens of a text with their ranges in what the normalizer makes of it, which comes along.</summary>
    public (int[] Normalized, List<ModelToken> Tokens) TokenizeNormalized(ReadOnlySpan<char> text)
    {
        PreTokenizedText pieces = Added.Extract(text);
        int[] normalized = pieces.Realign();
        _preTokenizer?.Apply(pieces);
        List<ModelToken> all = [];
        List<ModelToken> tokens = [];
        foreach (PreTokenizedText.Piece piece in pieces.Pieces)
        {
            Tokenize(piece, tokens);
            foreach (ModelToken token in tokens)
            {
                TextRange range = piece.Text.OriginalRange(token.Start, token.End);
                all.Add(new ModelToken(token.Id, range.Start, range.End));
            }
        }

        return (normalized, all);
    }

    /// <summary>Appends the ids of a text's tokens.</summary>
    public void AppendIds(ReadOnlySpan<char> text, List<int> ids)
    {
        List<ModelToken> tokens = [];
        foreach (PreTokenizedText.Piece piece in Pieces(text))
        {
            Tokenize(piece, tokens);
            foreach (ModelToken token in tokens)
            {
                ids.Add(token.Id);
            }
        }
    }

    private IReadOnlyList<PreTokenizedText.Piece> Pieces(ReadOnlySpan<char> text)
    {
        PreTokenizedText pieces = Added.Extract(text);
        _preTokenizer?.Apply(pieces);
        return pieces.Pieces;
    }

    private void Tokenize(PreTokenizedText.Piece piece, List<ModelToken> tokens)
    {
        tokens.Clear();
        if (piece.TokenId is { } id)
        {
            tokens.Add(new ModelToken(id, 0, piece.Text.Length));
        }
        else
        {
            _model.Tokenize(piece.Text.Points, tokens);
        }
    }

    private TextRange Offset(int index, ModelToken token, PreTokenizedText.Piece piece)
    {
        TextRange range = piece.Text.OriginalRange(token.Start, token.End);
        if (_trimming is null)
        {
            return range;
        }

        // An added token may have taken white space in, which its content does not show.
        string surface = piece.TokenId is null ? _model.Vocabulary.Token(token.Id)! : piece.Text.ToString();
        return _trimming.Trim(index, surface, range);
    }
}
