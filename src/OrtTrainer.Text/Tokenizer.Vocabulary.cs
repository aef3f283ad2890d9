namespace OrtTrainer.Text;

/// <content>Tokens and ids.</content>
public sealed partial class Tokenizer
{
    /// <summary>The number of different ids, added tokens included.</summary>
    public int VocabularySize =>
        _vocabulary.Count + _added.Tokens.Count(token => _vocabulary.Id(token.Content) is null);

    /// <summary>The id of [PAD], &lt;pad&gt; or the like; null where there is none.</summary>
    public int? PadId => Special("pad_token", "[PAD]", "<pad>");

    /// <summary>The id of the token that begins a text ([CLS], &lt;s&gt;); null where there is none.</summary>
    public int? ClsId => Special("cls_token", "[CLS]", "<s>", "<cls>");

    /// <summary>The id of the token that ends a text ([SEP], &lt;/s&gt;); null where there is none.</summary>
    public int? SepId => Special("sep_token", "[SEP]", "</s>", "<sep>");

    /// <summary>The id of the mask token; null where there is none.</summary>
    public int? MaskId => Special("mask_token", "[MASK]", "<mask>");

    /// <summary>The id of the unknown token; null where there is none.</summary>
    public int? UnknownId => Special("unk_token", "[UNK]", "<unk>");

    /// <summary>The id of a token, or null where there is no such token.</summary>
    public int? TokenToId(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return _added.Id(token) ?? _vocabulary.Id(token);
    }

    /// <summary>The token of an id, or null where there is no such id.</summary>
    public string? IdToToken(int id) => _added.Token(id)?.Content ?? _vocabulary.Token(id);

    private int? Special(string role, params ReadOnlySpan<string> usual)
    {
        if (_settings?.Token(role) is { } named && TokenToId(named) is { } namedId)
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
