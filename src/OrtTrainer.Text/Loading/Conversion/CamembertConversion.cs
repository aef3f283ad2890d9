using OrtTrainer.Text.Models;

namespace OrtTrainer.Text.Loading.Conversion;

/// <summary>
/// CamemBERT: five tokens come first, three of them never used, then all pieces but the unknown one, then the mask.
/// </summary>
internal sealed class CamembertConversion : FairseqConversion
{
    /// <inheritdoc/>
    public override string ModelType => "camembert";

    /// <inheritdoc/>
    public override string TokenizerClass => "CamembertTokenizer";

    /// <inheritdoc/>
    protected override IReadOnlyList<SpecialToken> SpecialTokens { get; } =
    [
        .. Usual,
        new(null, "<s>NOTUSED"),
        new(null, "</s>NOTUSED"),
        new(null, "<unk>NOTUSED"),
    ];

    /// <inheritdoc/>
    protected override IEnumerable<UnigramPiece> Number(IReadOnlyList<UnigramPiece> pieces) =>
    [
        new("<s>NOTUSED", 0), new("<pad>", 0), new("</s>NOTUSED", 0), new("<unk>", 0), new("<unk>NOTUSED", -100),
        .. pieces.Skip(1).Select(Plain),
        new("<mask>", 0),
    ];
}
