using OrtTrainer.Text.AddedTokens;
using OrtTrainer.Text.Alignment;
using OrtTrainer.Text.Decoding;
using OrtTrainer.Text.Models;
using OrtTrainer.Text.Normalization;
using OrtTrainer.Text.PostProcessing;
using OrtTrainer.Text.PreTokenization;

namespace OrtTrainer.Text.Loading.Conversion;

/// <summary>
/// The tokenizer of a family whose files are a SentencePiece model: the components of tokenizer.json that Hugging
/// Face's transformers makes of it, with the family's numbering and special tokens.
/// </summary>
/// <remarks>
/// Pieces that the model's maker defined stay pieces, as in published files. transformers makes them added tokens now,
/// after which a word would begin with a blank that is not there.
/// </remarks>
internal abstract class SentencePieceConversion
{
    private const int Blank = 0x2581;

    /// <summary>The families there are.</summary>
    public static IReadOnlyList<SentencePieceConversion> All { get; } =
        [new AlbertConversion(), new DebertaV2Conversion(), new XlmRobertaConversion(), new CamembertConversion()];

    /// <summary>The family, as model_type of config.json has it.</summary>
    public abstract string ModelType { get; }

    /// <summary>The class of its tokenizers, without Fast at its end.</summary>
    public abstract string TokenizerClass { get; }

    /// <summary>The special tokens, by their roles.</summary>
    protected abstract IReadOnlyList<SpecialToken> SpecialTokens { get; }

    /// <summary>Every run of blanks becomes one.</summary>
    protected static ReplaceNormalizer OneBlank(string replacement = " ") =>
        new(TextPattern.Expression(" {2,}"), replacement);

    /// <summary>The tokenizer of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="file">Its content.</param>
    /// <param name="map">Its character map; null for none.</param>
    /// <param name="settings">What the files beside it say.</param>
    /// <exception cref="InvalidDataException">tokenizer.json cannot express what the file asks for.</exception>
    public TokenizerParts Convert(
        string path, SentencePieceFile file, CharacterMap? map, TokenizerSettings settings)
    {
        Require(path, file);
        UnigramPiece[] pieces = [.. Number(file.Pieces)];
        Vocabulary vocabulary = new(pieces.Select((piece, id) => KeyValuePair.Create(piece.Text, id)));
        Dictionary<string, AddedToken> special = Special(path, file, vocabulary, settings);
        Normalizer[] steps = [.. Steps(map is null ? [] : [new PrecompiledNormalizer(map)], settings)];
        return new TokenizerParts
        {
            // Special tokens come before the model, so that a piece of the same text never does.
            Model = new UnigramModel(pieces, UnknownId(file), byteFallback: false, singlePrecision: false),
            Normalizer = new SequenceNormalizer(steps),
            PreTokenizer = Cut(new MetaspacePreTokenizer(Blank, MetaspacePrepend.Always, split: true), settings),
            Template = Template(special["cls_token"].Id, special["sep_token"].Id),
            Decoder = new MetaspaceDecoder(char.ConvertFromUtf32(Blank), prepended: true),
            AddedTokens = [.. special.Values.DistinctBy(token => token.Id).OrderBy(token => token.Id)],
            Files = [path],
        };
    }

    /// <summary>The pieces as the family numbers them: places are ids.</summary>
    protected virtual IEnumerable<UnigramPiece> Number(IReadOnlyList<UnigramPiece> pieces) => pieces.Select(Plain);

    /// <summary>The id of unknown characters.</summary>
    protected virtual int UnknownId(SentencePieceFile file) =>
        file.Pieces.Select(piece => piece.Kind).ToList().IndexOf(PieceKind.Unknown);

    /// <summary>The normalizers, the first first.</summary>
    /// <param name="map">The file's own one, if there is any.</param>
    /// <param name="settings">What the files beside it say.</param>
    protected abstract IEnumerable<Normalizer> Steps(IEnumerable<Normalizer> map, TokenizerSettings settings);

    /// <summary>How texts are cut into words.</summary>
    protected virtual PreTokenizer Cut(MetaspacePreTokenizer atBlanks, TokenizerSettings settings) => atBlanks;

    /// <summary>Where special tokens go.</summary>
    protected abstract SequenceTemplate Template(int cls, int sep);

    /// <summary>Refuses a file that does not have what the family builds on.</summary>
    protected virtual void Require(string path, SentencePieceFile file)
    {
        string? reason =
            file.ModelType != SentencePieceFile.UnigramType ? "its model is no unigram model, which the family's are"
            : file.ByteFallback ? "it turns unknown characters into bytes"
            : !file.AddDummyPrefix ? "it puts no blank in front of a text"
            : !file.EscapeWhitespaces ? "it leaves blanks as they are"
            : file.WhitespaceAsSuffix ? "its blanks end words"
            : null;
        if (reason is not null)
        {
            throw Refused(path, reason);
        }
    }

    /// <summary>The complaint about a file.</summary>
    protected InvalidDataException Refused(string path, string reason) => new(
        $"{path}: {reason}, which {TokenizerClass} does not expect; put the model's own tokenizer.json beside it.");

    /// <summary>A piece that is like all others: what it is for, special tokens say.</summary>
    protected static UnigramPiece Plain(UnigramPiece piece) => new(piece.Text, piece.Score);

    private Dictionary<string, AddedToken> Special(
        string path, SentencePieceFile file, Vocabulary vocabulary, TokenizerSettings settings)
    {
        Dictionary<string, AddedToken> special = [];
        foreach (SpecialToken token in SpecialTokens)
        {
            string text = token.Role is { } role ? settings.Token(role) ?? token.Usual : token.Usual;
            int? id = vocabulary.Id(text) ?? (token.IsAppended ? vocabulary.Entries.Max(e => e.Value) + 1 : null);
            if (id is { } known)
            {
                special[token.Role ?? text] = new AddedToken(text, known)
                {
                    Special = true,
                    LeftStrip = token.LeftStrip,
                    Normalized = token.Normalized,
                };
            }
            else if (token.IsNeeded)
            {
                throw new InvalidDataException(
                    $"{path}: lacks the {token.Role} '{text}' that {TokenizerClass} needs.");
            }
        }

        foreach (UnigramPiece piece in file.Pieces.Where(piece => piece.Kind == PieceKind.Control))
        {
            if (vocabulary.Id(piece.Text) is { } id)
            {
                special.TryAdd($"control {id}", new AddedToken(piece.Text, id) { Special = true });
            }
        }

        return special;
    }
}
