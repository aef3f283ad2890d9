using OrtTrainer.Text.Alignment;
using OrtTrainer.Text.Normalization;
using OrtTrainer.Text.PostProcessing;
using OrtTrainer.Text.PreTokenization;

namespace OrtTrainer.Text.Loading.Conversion;

/// <summary>DeBERTa, versions 2 and 3: the mask is no piece of the file and has the id after the last one.</summary>
internal sealed class DebertaV2Conversion : SentencePieceConversion
{
    /// <inheritdoc/>
    public override string ModelType => "deberta-v2";

    /// <inheritdoc/>
    public override string TokenizerClass => "DebertaV2Tokenizer";

    /// <inheritdoc/>
    protected override IReadOnlyList<SpecialToken> SpecialTokens { get; } =
    [
        new("cls_token", "[CLS]") { IsNeeded = true },
        new("sep_token", "[SEP]") { IsNeeded = true },
        new("pad_token", "[PAD]"),
        new("unk_token", "[UNK]") { Normalized = true },
        new("mask_token", "[MASK]") { IsAppended = true },
    ];

    /// <inheritdoc/>
    protected override IEnumerable<Normalizer> Steps(IEnumerable<Normalizer> map, TokenizerSettings settings) =>
    [
        .. settings.Flag("do_lower_case") == true ? [new LowercaseNormalizer()] : Array.Empty<Normalizer>(),
        new StripNormalizer(left: true, right: true),
        .. map,
        OneBlank(),
    ];

    /// <inheritdoc/>
    protected override PreTokenizer Cut(MetaspacePreTokenizer atBlanks, TokenizerSettings settings) =>
        new SequencePreTokenizer(settings.Flag("split_by_punct") == true
            ? [new PunctuationPreTokenizer(SplitBehavior.Isolated), atBlanks]
            : [atBlanks]);

    /// <inheritdoc/>
    protected override SequenceTemplate Template(int cls, int sep) => SequenceTemplate.Bert(cls, sep);
}
