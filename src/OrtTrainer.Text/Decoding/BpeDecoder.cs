namespace OrtTrainer.Text.Decoding;

/// <summary>Component BPEDecoder: the suffix that ends a word becomes a blank, at the very end nothing.</summary>
internal sealed class BpeDecoder(string suffix) : Decoder
{
    /// <inheritdoc/>
    public override List<string> Decode(List<string> tokens) =>
    [
        .. tokens.Select((token, index) => suffix.Length == 0
            ? token
            : token.Replace(suffix, index == tokens.Count - 1 ? "" : " ", StringComparison.Ordinal)),
    ];
}
