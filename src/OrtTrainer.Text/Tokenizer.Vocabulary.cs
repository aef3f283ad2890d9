namespace OrtTrainer.Text;

/// <content>Tokens and ids.</content>
public sealed partial class Tokenizer
{
    // U+2581, which stands for a blank in models of SentencePiece.
    private const char Blank = '\u2581';

    /// <summary>The number of different ids, added tokens included.</summary>
    public int VocabularySize =>
        _vocabulary.Count + _added.Tokens.Count(token => _vocabulary.Id(token.Content) is null);

    /// <inheritdoc/>
    int? ITextEncoder.VocabularySize => VocabularySize;

    /// <summary>The id of [PAD], &lt;pad&gt; or the like; null where there is none.</summary>
    public int? PadId { get; }

    /// <summary>The id of the token that begins a text ([CLS], &lt;s&gt;); null where there is none.</summary>
    public int? ClsId { get; }

    /// <summary>The id of the token that ends a text ([SEP], &lt;/s&gt;); null where there is none.</summary>
    public int? SepId { get; }

    /// <summary>The id of the token that a model writes at the end of a text (&lt;/s&gt;, &lt;|endoftext|&gt;); null
    /// where there is none.</summary>
    public int? EosId { get; }

    /// <summary>The id of the mask token; null where there is none.</summary>
    public int? MaskId { get; }

    /// <summary>The id of the unknown token; null where there is none.</summary>
    public int? UnknownId { get; }

    /// <summary>The id of a token, or null where there is no such token.</summary>
    public int? TokenToId(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return _added.Id(token) ?? _vocabulary.Id(token);
    }

    /// <summary>The token of an id, or null where there is no such id.</summary>
    public string? IdToToken(int id) => _added.Token(id)?.Content ?? _vocabulary.Token(id);

    /// <summary>Whether an id is a special token, or none at all.</summary>
    internal bool IsSpecial(int id) => _added.Token(id) is { } added ? added.Special : _vocabulary.Token(id) is null;

    /// <summary>Whether a token goes on with the word of the one before it, as its kind of tokenizer marks
    /// that.</summary>
    internal bool ContinuesWord(int id) => _vocabulary.Token(id) is { } token && _parts.Model switch
    {
        Models.WordPieceModel pieces => token.StartsWith(pieces.ContinuationPrefix, StringComparison.Ordinal),
        Models.BpeModel when _parts.PreTokenizer is PreTokenization.ByteLevelPreTokenizer =>
            token[0] != ByteAlphabet.ToChar((byte)' '),
        _ => token[0] != Blank,
    };

    /// <summary>The id of the token the settings name, or else of the first usual one that there is.</summary>
    private int? Special(string? named, params ReadOnlySpan<string> usual)
    {
        if (named is not null && TokenToId(named) is { } namedId)
        {
            return namedId;
        }

        foreach (string token in usual)
        {
            if (TokenToId(token) is { } id)
            {
                return id;
            }
        }

        return null;
    }
}
