namespace OrtTrainer.Text.Decoding;

/// <summary>
/// Component ByteLevel: reads <see cref="ByteAlphabet"/> characters as bytes and the bytes as UTF-8; a token with
/// other characters stands for itself.
/// </summary>
internal sealed class ByteLevelDecoder : Decoder
{
    /// <inheritdoc/>
    public override List<string> Decode(List<string> tokens)
    {
        List<byte> bytes = [];
        foreach (string token in tokens)
        {
            if (token.All(character => ByteAlphabet.ToByte(character) >= 0))
            {
                bytes.AddRange(token.Select(character => (byte)ByteAlphabet.ToByte(character)));
            }
            else
            {
                bytes.AddRange(System.Text.Encoding.UTF8.GetBytes(token));
            }
        }

        return [System.Text.Encoding.UTF8.GetString([.. bytes])];
    }
}
