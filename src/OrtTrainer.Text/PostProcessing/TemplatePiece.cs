namespace OrtTrainer.Text.PostProcessing;

/// <summary>A piece of a template: one of the texts, or special tokens.</summary>
/// <param name="Sequence">0 for the first text, 1 for the second, -1 for special tokens.</param>
/// <param name="Ids">The ids of special tokens; empty for a text.</param>
/// <param name="TypeId">The token type of everything in the piece; null leaves a text's own (0 or 1).</param>
internal sealed record TemplatePiece(int Sequence, IReadOnlyList<int> Ids, int? TypeId)
{
    /// <summary>A text.</summary>
    public static TemplatePiece Text(int sequence, int? typeId) => new(sequence, [], typeId);

    /// <summary>One special token.</summary>
    public static TemplatePiece Special(int id, int typeId) => new(-1, [id], typeId);
}
