namespace OrtTrainer.Text.Decoding;

/// <summary>Component Fuse: makes one piece of all.</summary>
internal sealed class FuseDecoder : Decoder
{
    /// <inheritdoc/>
    public override List<string> Decode(List<string> tokens) => [string.Concat(tokens)];
}
