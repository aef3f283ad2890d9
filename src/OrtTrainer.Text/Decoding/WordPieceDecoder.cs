namespace OrtTrainer.Text.Decoding;

/// <summary>
/// Component WordPiece: joins continuations, puts blanks between words, and may tidy blanks before punctuation.
/// </summary>
internal sealed class WordPieceDecoder(string prefix, bool cleanUp) : Decoder
{
    // The order is the reference implementation's and matters: later rules see what earlier ones left.
    private static readonly (string From, string To)[] Rules =
    [
        (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"),
        (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
    ];

    /// <summary>What marks tokens that continue a word.</summary>
    public string Prefix => prefix;

    /// <summary>Whether blanks before punctuation are dropped.</summary>
    public bool CleansUp => cleanUp;

    /// <inheritdoc/>
    public override List<string> Decode(List<string> tokens)
    {
        List<string> pieces = new(tokens.Count);
        foreach (string token in tokens)
        {
            bool continues = prefix.Length > 0 && token.StartsWith(prefix, StringComparison.Ordinal);
            string piece = pieces.Count == 0 ? token : continues ? token[prefix.Length..] : " " + token;
            pieces.Add(cleanUp ? CleanUp(piece) : piece);
        }

        return pieces;
    }

    private static string CleanUp(string piece)
    {
        foreach ((string from, string to) in Rules)
        {
            piece = piece.Replace(from, to, StringComparison.Ordinal);
        }

        return piece;
    }
}
