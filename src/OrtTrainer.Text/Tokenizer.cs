using OrtTrainer.Text.AddedTokens;
using OrtTrainer.Text.Decoding;
using OrtTrainer.Text.Ids;
using OrtTrainer.Text.Loading;
using OrtTrainer.Text.Models;
using OrtTrainer.Text.PostProcessing;

namespace OrtTrainer.Text;

/// <summary>
/// Turns text into token ids and back, exactly as the tokenizer a model was trained with. Safe to use from several
/// threads.
/// </summary>
public sealed partial class Tokenizer : Microsoft.ML.Tokenizers.Tokenizer, ITextEncoder
{
    private readonly TokenizerParts _parts;
    private readonly TokenPipeline _pipeline;
    private readonly AddedVocabulary _added;
    private readonly Vocabulary _vocabulary;
    private readonly EncodingAssembly _assembly;
    private readonly Decoder? _decoder;
    private readonly IdEncoder _ids;

    internal Tokenizer(TokenizerParts parts)
    {
        _parts = parts;
        _byFlags = PipelinesByFlags(parts);
        _pipeline = _byFlags[^1].Value;
        _added = _pipeline.Added;
        _vocabulary = parts.Model.Vocabulary;
        _assembly = new EncodingAssembly(parts.Template);
        _decoder = parts.Decoder;
        _ids = IdEncoder.For(parts, _pipeline);
        TokenizerFiles = parts.Files;

        // Read now, so that a malformed setting is reported where the files are.
        TokenizerSettings? settings = parts.Settings;
        MaxLength = settings?.MaxLength;
        ChatTemplate = settings is null ? null : ChatTemplate.Read(settings.Folder, settings);
        PadId = Special(settings?.Token("pad_token"), "[PAD]", "<pad>");
        ClsId = Special(settings?.Token("cls_token"), "[CLS]", "<s>", "<cls>");
        SepId = Special(settings?.Token("sep_token"), "[SEP]", "</s>", "<sep>");
        EosId = Special(settings?.Token("eos_token"), "</s>", "<|endoftext|>", "<eos>");
        MaskId = Special(settings?.Token("mask_token"), "[MASK]", "<mask>");
        UnknownId = Special(settings?.Token("unk_token"), "[UNK]", "<unk>");
    }

    /// <summary>
    /// The most tokens the model was made for, by its tokenizer_config.json; null where it is not stated.
    /// </summary>
    public int? MaxLength { get; }

    /// <summary>How conversations become texts; null where the folder does not say.</summary>
    internal ChatTemplate? ChatTemplate { get; }

    /// <summary>
    /// The files the tokenizer was read from: what has to lie beside a model that is exported with it.
    /// </summary>
    public IReadOnlyList<string> TokenizerFiles { get; }

    /// <summary>Encodes a text, or a pair of texts, with offsets and word ids.</summary>
    /// <param name="text">The text; lone surrogates count as U+FFFD.</param>
    /// <param name="pair">The second text of a pair, or null.</param>
    /// <param name="options">How to encode; null for <see cref="EncodeOptions.Default"/>.</param>
    /// <exception cref="TruncationException">The text cannot be cut as the options ask.</exception>
    public Encoding Encode(string text, string? pair = null, EncodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        return _assembly.Assemble(
            _pipeline.Tokenize(text), pair is null ? null : _pipeline.Tokenize(pair), options ?? EncodeOptions.Default);
    }

    /// <summary>The text that token ids stand for.</summary>
    /// <param name="ids">Token ids; unknown ones are left out.</param>
    /// <param name="skipSpecialTokens">Whether special tokens are left out.</param>
    public string Decode(IEnumerable<int> ids, bool skipSpecialTokens = true)
    {
        ArgumentNullException.ThrowIfNull(ids);
        List<string> tokens = [];
        foreach (int id in ids)
        {
            if (_added.Decoded(id) is var (text, special))
            {
                if (!(special && skipSpecialTokens))
                {
                    tokens.Add(text);
                }
            }
            else if (_vocabulary.Token(id) is { } token)
            {
                tokens.Add(token);
            }
        }

        return _decoder is null ? string.Join(' ', tokens) : string.Concat(_decoder.Decode(tokens));
    }
}
