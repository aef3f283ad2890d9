namespace OrtTrainer.Text.Decoding;

/// <summary>Component Strip: drops up to so many of a character at the start and at the end of each piece.</summary>
internal sealed class StripDecoder(string content, int start, int stop) : Decoder
{
    /// <inheritdoc/>
    public override List<string> Decode(List<string> tokens) => [.. tokens.Select(Strip)];

    private string Strip(string token)
    {
        int from = 0;
        int to = token.Length;
        for (int i = 0; i < start && token.AsSpan(from).StartsWith(content, StringComparison.Ordinal); i++)
        {
            from += content.Length;
        }

        for (int i = 0; i < stop && token.AsSpan(from, to - from).EndsWith(content, StringComparison.Ordinal); i++)
        {
            to -= content.Length;
        }

        return token[from..to];
    }
}
