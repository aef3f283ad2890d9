using OrtTrainer.Text.Alignment;

namespace OrtTrainer.Text.PreTokenization;

/// <summary>Cuts normalized text into the words that the model sees one at a time.</summary>
internal abstract class PreTokenizer
{
    /// <summary>
    /// What is left of it where texts are not to be cut: the rewriting that models rely on; null for nothing.
    /// </summary>
    public virtual PreTokenizer? WithoutCutting => null;

    /// <summary>Cuts every piece that is not an added token.</summary>
    public virtual void Apply(PreTokenizedText text) => text.Split(Cut);

    /// <summary>
    /// Writes the parts of a piece, in text order, to <paramref name="parts"/>; empty parts are ignored.
    /// </summary>
    protected abstract void Cut(NormalizedText text, List<NormalizedText> parts);
}
