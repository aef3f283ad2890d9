namespace OrtTrainer.Text;

/// <content>Tokens and ids.</content>
public sealed partial class Tokenizer
{
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
