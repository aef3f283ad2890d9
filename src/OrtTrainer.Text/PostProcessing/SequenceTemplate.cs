namespace OrtTrainer.Text.PostProcessing;

/// <summary>Where special tokens go around one text and around a pair.</summary>
/// <param name="Single">The pieces around one text.</param>
/// <param name="Pair">The pieces around a pair.</param>
internal sealed record SequenceTemplate(IReadOnlyList<TemplatePiece> Single, IReadOnlyList<TemplatePiece> Pair)
{
    /// <summary>No special tokens; the second text's type is 1.</summary>
    public static SequenceTemplate None { get; } = new(
        [TemplatePiece.Text(0, null)], [TemplatePiece.Text(0, null), TemplatePiece.Text(1, null)]);

    /// <summary>The number of special tokens around one text or a pair.</summary>
    public int AddedCount(bool isPair) => (isPair ? Pair : Single).Sum(piece => piece.Ids.Count);

    /// <summary>Component BertProcessing: [CLS] A [SEP], and [CLS] A [SEP] B [SEP] with type 1 from B on.</summary>
    public static SequenceTemplate Bert(int cls, int sep) => new(
        [TemplatePiece.Special(cls, 0), TemplatePiece.Text(0, 0), TemplatePiece.Special(sep, 0)],
        [
            TemplatePiece.Special(cls, 0), TemplatePiece.Text(0, 0), TemplatePiece.Special(sep, 0),
            TemplatePiece.Text(1, 1), TemplatePiece.Special(sep, 1),
        ]);

    /// <summary>Component RobertaProcessing: cls A sep, and cls A sep sep B sep, all of type 0.</summary>
    public static SequenceTemplate Roberta(int cls, int sep) => new(
        [TemplatePiece.Special(cls, 0), TemplatePiece.Text(0, 0), TemplatePiece.Special(sep, 0)],
        [
            TemplatePiece.Special(cls, 0), TemplatePiece.Text(0, 0), TemplatePiece.Special(sep, 0),
            TemplatePiece.Special(sep, 0), TemplatePiece.Text(1, 0), TemplatePiece.Special(sep, 0),
        ]);

    /// <summary>MPNet's: as <see cref="Roberta"/>, with type 1 from B on.</summary>
    public static SequenceTemplate MPNet(int cls, int sep) => new(
        [TemplatePiece.Special(cls, 0), TemplatePiece.Text(0, 0), TemplatePiece.Special(sep, 0)],
        [
            TemplatePiece.Special(cls, 0), TemplatePiece.Text(0, 0), TemplatePiece.Special(sep, 0),
            TemplatePiece.Special(sep, 0), TemplatePiece.Text(1, 1), TemplatePiece.Special(sep, 1),
        ]);

    /// <summary>The template's texts alone.</summary>
    public SequenceTemplate WithoutSpecialTokens() => new(
        [.. Single.Where(piece => piece.Sequence >= 0)], [.. Pair.Where(piece => piece.Sequence >= 0)]);
}
