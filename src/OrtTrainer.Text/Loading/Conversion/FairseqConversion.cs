using OrtTrainer.Text.Normalization;
using OrtTrainer.Text.PostProcessing;

namespace OrtTrainer.Text.Loading.Conversion;

/// <summary>
/// Families trained with fairseq, whose dictionary puts special tokens before the pieces of the file.
/// </summary>
internal abstract class FairseqConversion : SentencePieceConversion
{
    private static readonly string[] First = ["<unk>", "<s>", "</s>"];

    /// <summary>The special tokens of both families.</summary>
    protected static IReadOnlyList<SpecialToken> Usual { get; } =
    [
        new("cls_token", "<s>") { IsNeeded = true },
        new("sep_token", "</s>") { IsNeeded = true },
        new("pad_token", "<pad>"),
        new("unk_token", "<unk>"),
        new("mask_token", "<mask>") { LeftStrip = true },
    ];

    /// <inheritdoc/>
    protected override IReadOnlyList<SpecialToken> SpecialTokens => Usual;

    /// <inheritdoc/>
    protected override int UnknownId(SentencePieceFile file) => 3;

    /// <inheritdoc/>
    protected override IEnumerable<Normalizer> Steps(IEnumerable<Normalizer> map, TokenizerSettings settings) =>
        [.. map, new StripNormalizer(left: false, right: true), OneBlank("\u2581")];

    /// <inheritdoc/>
    protected override SequenceTemplate Template(int cls, int sep) => SequenceTemplate.Roberta(cls, sep);

    /// <inheritdoc/>
    protected override void Require(string path, SentencePieceFile file)
    {
        base.Require(path, file);
        string[] first = [.. file.Pieces.Take(First.Length).Select(piece => piece.Text)];
        if (!first.SequenceEqual(First))
        {
            throw Refused(path, $"its first pieces are {string.Join(", ", first)} instead of "
                + string.Join(", ", First));
        }
    }
}
