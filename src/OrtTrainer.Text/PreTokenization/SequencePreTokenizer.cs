using OrtTrainer.Text.Alignment;

namespace OrtTrainer.Text.PreTokenization;

/// <summary>Component Sequence: one pre-tokenizer after the other, each on the pieces the ones before left.</summary>
internal sealed class SequencePreTokenizer(IReadOnlyList<PreTokenizer> steps) : PreTokenizer
{
    /// <summary>The pre-tokenizers, first to last.</summary>
    public IReadOnlyList<PreTokenizer> Steps => steps;

    /// <inheritdoc/>
    public override PreTokenizer WithoutCutting =>
        new SequencePreTokenizer([.. steps.Select(step => step.WithoutCutting).OfType<PreTokenizer>()]);

    /// <inheritdoc/>
    public override void Apply(PreTokenizedText text)
    {
        foreach (PreTokenizer step in steps)
        {
            step.Apply(text);
        }
    }

    /// <inheritdoc/>
    protected override void Cut(NormalizedText text, List<NormalizedText> parts) =>
        throw new NotSupportedException("A sequence cuts through its steps.");
}
