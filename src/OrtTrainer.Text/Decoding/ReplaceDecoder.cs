using OrtTrainer.Text.Alignment;

namespace OrtTrainer.Text.Decoding;

/// <summary>Component Replace: puts a text in the place of every match of a pattern, in each piece.</summary>
internal sealed class ReplaceDecoder(TextPattern pattern, string replacement) : Decoder
{
    /// <inheritdoc/>
    public override List<string> Decode(List<string> tokens) => [.. tokens.Select(Replace)];

    private string Replace(string token)
    {
        NormalizedText text = new(token);
        text.Replace(pattern, CodePoints.From(replacement));
        return text.ToString();
    }
}
