using OrtTrainer.Text.Models;

namespace OrtTrainer.Text.Loading.Conversion;

/// <summary>
/// XLM-RoBERTa: four special tokens come first, then the pieces after the file's first three, then the mask.
/// </summary>
internal sealed class XlmRobertaConversion : FairseqConversion
{
    /// <inheritdoc/>
    public override string ModelType => "xlm-roberta";

    /// <inheritdoc/>
    public override string TokenizerClass => "XLMRobertaTokenizer";

    /// <inheritdoc/>
    protected override IEnumerable<UnigramPiece> Number(IReadOnlyList<UnigramPiece> pieces) =>
    [
        new("<s>", 0), new("<pad>", 0), new("</s>", 0), new("<unk>", 0),
        .. pieces.Skip(3).Select(Plain),
        new("<mask>", 0),
    ];
}
