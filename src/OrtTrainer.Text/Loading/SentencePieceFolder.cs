using OrtTrainer.Text.AddedTokens;
using OrtTrainer.Text.Alignment;
using OrtTrainer.Text.Decoding;
using OrtTrainer.Text.Models;
using OrtTrainer.Text.Normalization;
using OrtTrainer.Text.PostProcessing;

namespace OrtTrainer.Text.Loading;

/// <summary>Reads SentencePiece models.</summary>
internal static class SentencePieceFolder
{
    private const string Deberta = "DebertaV2Tokenizer";

    /// <summary>A model as the SentencePiece library applies it, without special tokens.</summary>
    /// <exception cref="InvalidDataException">The file is malformed or its model is neither unigram nor
    /// BPE.</exception>
    public static TokenizerParts ReadModel(string path) => ReadModel(path, pieces => pieces);

    private static TokenizerParts ReadModel(
        string path, Func<IEnumerable<UnigramPiece>, IEnumerable<UnigramPiece>> change)
    {
        SentencePieceFile file = SentencePieceFile.Read(path);
        string[] userDefined = [.. TextsOf(file, PieceKind.UserDefined)];
        int unknownId = file.Pieces.Select(piece => piece.Kind).ToList().IndexOf(PieceKind.Unknown);
        TokenModel model = file.ModelType switch
        {
            SentencePieceFile.UnigramType =>
                new UnigramModel([.. change(file.Pieces)], unknownId, file.ByteFallback, singlePrecision: true),
            SentencePieceFile.BpeType =>
                new SentencePieceBpeModel(file.Pieces, unknownId, file.ByteFallback, new LongestPrefix(userDefined)),
            _ => throw new InvalidDataException(
                $"{path}: its model type is {file.ModelType}; supported are {SentencePieceFile.UnigramType} "
                + "(unigram) and "
                + $"{SentencePieceFile.BpeType} (BPE)."),
        };
        return new TokenizerParts
        {
            Model = model,
            Normalizer = new SentencePieceNormalizer(
                ReadCharacterMap(path, file), new LongestPrefix(userDefined), new SentencePieceNormalizerOptions
                {
                    AddDummyPrefix = file.AddDummyPrefix,
                    RemoveExtraWhitespaces = file.RemoveExtraWhitespaces,
                    EscapeWhitespaces = file.EscapeWhitespaces,
                    WhitespaceAsSuffix = file.WhitespaceAsSuffix,
                }),
            Decoder = new SentencePieceDecoder(
                TextsOf(file, PieceKind.Control).ToHashSet(), file.Pieces[unknownId].Text, file.UnknownSurface,
                stripsFirstBlank: file.AddDummyPrefix || file.RemoveExtraWhitespaces,
                stripsBlanks: file.RemoveExtraWhitespaces),
            Files = [path],
        };
    }

    /// <summary>A model with the special tokens that the folder's settings ask for.</summary>
    /// <exception cref="InvalidDataException">The file is malformed, or the tokenizer renumbers the model's
    /// ids.</exception>
    public static TokenizerParts Read(string path)
    {
        TokenizerSettings settings = TokenizerSettings.Beside(path);
        string? tokenizerClass = ClassOf(settings);
        bool isAlbert = tokenizerClass == "AlbertTokenizer";
        TokenizerParts parts = isAlbert ? ReadModel(path, WithoutNumbersAndCommas) : ReadModel(path);
        switch (tokenizerClass)
        {
            case "T5Tokenizer" or "MT5Tokenizer":
                AddedToken end = Special("eos_token", "</s>");
                TemplatePiece ends = TemplatePiece.Special(end.Id, 0);
                TemplatePiece first = TemplatePiece.Text(0, 0);
                return parts with
                {
                    Template = new SequenceTemplate([first, ends], [first, ends, TemplatePiece.Text(1, 0), ends]),
                    AddedTokens = [end],
                };
            case Deberta:
                RequireAsTheFileHasIt("do_lower_case");
                RequireAsTheFileHasIt("split_by_punct");
                return WithMask(AsBert());
            case "AlbertTokenizer":
                return AsBert() with
                {
                    Normalizer = new SequenceNormalizer([.. AlbertSteps(settings), parts.Normalizer!]),
                };
            case "XLMRobertaTokenizer" or "CamembertTokenizer" or "MBartTokenizer":
                throw new InvalidDataException(
                    $"{path}: {tokenizerClass} renumbers the ids of this file; use the model's "
                    + "tokenizer.json instead.");
            default:
                return parts;
        }

        TokenizerParts AsBert()
        {
            AddedToken cls = Special("cls_token", "[CLS]");
            AddedToken sep = Special("sep_token", "[SEP]");
            return parts with { Template = SequenceTemplate.Bert(cls.Id, sep.Id), AddedTokens = [cls, sep] };
        }

        // DeBERTa's mask is no piece of its files: it has the id after the last one.
        TokenizerParts WithMask(TokenizerParts made)
        {
            string mask = settings.Token("mask_token") ?? "[MASK]";
            int id = made.Model.Vocabulary.Id(mask) ?? made.Model.Vocabulary.Entries.Max(entry => entry.Value) + 1;
            return made with { AddedTokens = [.. made.AddedTokens, new AddedToken(mask, id) { Special = true }] };
        }

        void RequireAsTheFileHasIt(string flag)
        {
            if (settings.Flag(flag) == true)
            {
                throw new InvalidDataException(
                    $"{path}: {flag} of tokenizer_config.json is true, which this file alone does not do; use the "
                    + "model's tokenizer.json instead.");
            }
        }

        AddedToken Special(string name, string usual)
        {
            string token = settings.Token(name) ?? usual;
            return parts.Model.Vocabulary.Id(token) is { } id
                ? new AddedToken(token, id) { Special = true }
                : throw new InvalidDataException(
                    $"{path}: lacks the {name} '{token}' that {tokenizerClass} needs.");
        }
    }

    /// <summary>The class that the settings name, or else the one that models of this family have.</summary>
    private static string? ClassOf(TokenizerSettings settings) => settings.TokenizerClass ?? settings.ModelType switch
    {
        "albert" => "AlbertTokenizer",
        "camembert" => "CamembertTokenizer",
        "deberta-v2" => Deberta,
        "mbart" => "MBartTokenizer",
        "t5" or "mt5" => "T5Tokenizer",
        "xlm-roberta" => "XLMRobertaTokenizer",
        _ => null,
    };

    /// <summary>ALBERT's pieces: those that end in a digit and a comma come last of all, so that numbers are the same
    /// before a comma and elsewhere.</summary>
    private static IEnumerable<UnigramPiece> WithoutNumbersAndCommas(IEnumerable<UnigramPiece> pieces) => pieces
        .Select(piece => piece.Text is [.., char digit, ','] && char.IsDigit(digit)
            ? piece with { Score = piece.Score - 100 }
            : piece);

    /// <summary>What ALBERT does to texts before the model's own normalization.</summary>
    private static IEnumerable<Normalizer> AlbertSteps(TokenizerSettings settings)
    {
        yield return new ReplaceNormalizer(TextPattern.Literal("``"), "\"");
        yield return new ReplaceNormalizer(TextPattern.Literal("''"), "\"");
        if (settings.Flag("keep_accents") != true)
        {
            yield return new UnicodeFormNormalizer(UnicodeForm.Nfkd);
            yield return new StripAccentsNormalizer();
        }

        if (settings.Flag("do_lower_case") != false)
        {
            yield return new LowercaseNormalizer();
        }
    }

    private static IEnumerable<string> TextsOf(SentencePieceFile file, PieceKind kind) =>
        file.Pieces.Where(piece => piece.Kind == kind).Select(piece => piece.Text);

    private static CharacterMap? ReadCharacterMap(string path, SentencePieceFile file)
    {
        try
        {
            return file.CharacterMap.Length == 0 ? null : CharacterMap.Parse(file.CharacterMap);
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"{path}: its character map is damaged ({exception.Message}).", exception);
        }
    }
}
