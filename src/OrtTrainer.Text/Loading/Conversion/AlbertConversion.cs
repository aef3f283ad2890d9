using System.Globalization;
using OrtTrainer.Text.Alignment;
using OrtTrainer.Text.Models;
using OrtTrainer.Text.Normalization;
using OrtTrainer.Text.PostProcessing;

namespace OrtTrainer.Text.Loading.Conversion;

/// <summary>ALBERT: quotes, accents and case are changed before the model's own normalization.</summary>
internal sealed class AlbertConversion : SentencePieceConversion
{
    private const double Last = 100;

    /// <inheritdoc/>
    public override string ModelType => "albert";

    /// <inheritdoc/>
    public override string TokenizerClass => "AlbertTokenizer";

    /// <inheritdoc/>
    protected override IReadOnlyList<SpecialToken> SpecialTokens { get; } =
    [
        new("cls_token", "[CLS]") { IsNeeded = true },
        new("sep_token", "[SEP]") { IsNeeded = true },
        new("pad_token", "<pad>"),
        new("unk_token", "<unk>"),
        new("mask_token", "[MASK]") { LeftStrip = true },
    ];

    /// <inheritdoc/>
    /// <remarks>Pieces that end in a digit and a comma come last of all, so that numbers are the same before a comma
    /// and elsewhere.</remarks>
    protected override IEnumerable<UnigramPiece> Number(IReadOnlyList<UnigramPiece> pieces) =>
        pieces.Select(piece => EndsInDigitAndComma(piece.Text)
            ? new UnigramPiece(piece.Text, piece.Score - Last)
            : Plain(piece));

    /// <inheritdoc/>
    /// <remarks>Blanks at the ends go, as the SentencePiece library and published files have it; what transformers
    /// makes today leaves one at the end as a token of its own.</remarks>
    protected override IEnumerable<Normalizer> Steps(IEnumerable<Normalizer> map, TokenizerSettings settings) =>
    [
        new ReplaceNormalizer(TextPattern.Literal("``"), "\""),
        new ReplaceNormalizer(TextPattern.Literal("''"), "\""),
        .. settings.Flag("keep_accents") == true
            ? Array.Empty<Normalizer>()
            : [new UnicodeFormNormalizer(UnicodeForm.Nfkd), new StripAccentsNormalizer()],
        .. settings.Flag("do_lower_case") == false ? Array.Empty<Normalizer>() : [new LowercaseNormalizer()],
        .. map,
        OneBlank(),
        new StripNormalizer(left: true, right: true),
    ];

    /// <inheritdoc/>
    protected override SequenceTemplate Template(int cls, int sep) => SequenceTemplate.Bert(cls, sep);

    private static bool EndsInDigitAndComma(string text) =>
        text.Length >= 2 && text[^1] == ',' && CharUnicodeInfo.GetDigitValue(text, text.Length - 2) >= 0;
}
