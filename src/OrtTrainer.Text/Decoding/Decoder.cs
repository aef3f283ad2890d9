namespace OrtTrainer.Text.Decoding;

/// <summary>Turns tokens back into pieces of text, whose concatenation is the decoded text.</summary>
internal abstract class Decoder
{
    /// <summary>The pieces of text that the tokens, or the pieces left by a decoder before, stand for.</summary>
    public abstract List<string> Decode(List<string> tokens);
}
