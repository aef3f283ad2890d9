namespace OrtTrainer.Text.Alignment;

/// <summary>A text cut into pieces: words still to be tokenized, and added tokens that are tokens already.</summary>
internal sealed class PreTokenizedText
{
    private List<Piece> _pieces = [];

    /// <summary>The pieces, in text order; none is empty.</summary>
    public IReadOnlyList<Piece> Pieces => _pieces;

    /// <summary>Appends a piece; an empty one is left out.</summary>
    public void Add(NormalizedText text, int? tokenId = null)
    {
        if (text.Length > 0)
        {
            _pieces.Add(new Piece(text, tokenId));
        }
    }

    /// <summary>
    /// The text of all pieces, end to end; from now on ranges refer to that text instead of the original one.
    /// </summary>
    public int[] Realign()
    {
        List<int> points = [];
        foreach (Piece piece in _pieces)
        {
            piece.Text.Realign(points.Count);
            points.AddRange(piece.Text.Points);
        }

        return [.. points];
    }

    /// <summary>Cuts every piece that is not a token yet; empty parts are left out.</summary>
    /// <param name="cut">Writes the parts of the first argument, in text order, to the second.</param>
    public void Split(Action<NormalizedText, List<NormalizedText>> cut)
    {
        List<Piece> pieces = new(_pieces.Count);
        List<NormalizedText> parts = [];
        foreach (Piece piece in _pieces)
        {
            if (piece.TokenId is not null)
            {
                pieces.Add(piece);
                continue;
            }

            parts.Clear();
            cut(piece.Text, parts);
            foreach (NormalizedText part in parts)
            {
                if (part.Length > 0)
                {
                    pieces.Add(new Piece(part, null));
                }
            }
        }

        _pieces = pieces;
    }

    /// <summary>A word, or an added token where <paramref name="TokenId"/> is set.</summary>
    internal readonly record struct Piece(NormalizedText Text, int? TokenId);
}
