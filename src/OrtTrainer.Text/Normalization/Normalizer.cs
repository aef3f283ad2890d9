using OrtTrainer.Text.Alignment;

namespace OrtTrainer.Text.Normalization;

/// <summary>A rewriting of the text before it is cut into words.</summary>
internal abstract class Normalizer
{
    /// <summary>Rewrites the text in place.</summary>
    public abstract void Normalize(NormalizedText text);

    /// <summary>The rewriting of a text whose ranges are of no interest.</summary>
    public string Normalize(string text)
    {
        NormalizedText normalized = new(text);
        Normalize(normalized);
        return normalized.ToString();
    }
}
