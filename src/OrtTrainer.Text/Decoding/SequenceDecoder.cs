namespace OrtTrainer.Text.Decoding;

/// <summary>Component Sequence: one decoder after the other.</summary>
internal sealed class SequenceDecoder(IReadOnlyList<Decoder> steps) : Decoder
{
    /// <inheritdoc/>
    public override List<string> Decode(List<string> tokens) =>
        steps.Aggregate(tokens, (pieces, step) => step.Decode(pieces));
}
