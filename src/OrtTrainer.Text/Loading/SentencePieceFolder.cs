using OrtTrainer.Text.AddedTokens;
using OrtTrainer.Text.Decoding;
using OrtTrainer.Text.Models;
using OrtTrainer.Text.Normalization;
using OrtTrainer.Text.PostProcessing;

namespace OrtTrainer.Text.Loading;

/// <summary>Reads SentencePiece models.</summary>
internal static class SentencePieceFolder
{
    /// <summary>A model as the SentencePiece library applies it, without special tokens.</summary>
    /// <exception cref="InvalidDataException">The file is malformed or its model is neither unigram nor BPE.</exception>
    public static TokenizerParts ReadModel(string path)
    {
        SentencePieceFile file = SentencePieceFile.Read(path);
        string[] userDefined = [.. TextsOf(file, PieceKind.UserDefined)];
        int unknownId = file.Pieces.Select(piece => piece.Kind).ToList().IndexOf(PieceKind.Unknown);
        TokenModel model = file.ModelType switch
        {
            SentencePieceFile.UnigramType =>
                new UnigramModel(file.Pieces, unknownId, file.ByteFallback, singlePrecision: true),
            SentencePieceFile.BpeType =>
                new SentencePieceBpeModel(file.Pieces, unknownId, file.ByteFallback, new LongestPrefix(userDefined)),
            _ => throw new InvalidDataException(
                $"{path}: its model type is {file.ModelType}; supported are {SentencePieceFile.UnigramType} (unigram) and "
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
    /// <exception cref="InvalidDataException">The file is malformed, or the tokenizer renumbers the model's ids.</exception>
    public static TokenizerParts Read(string path)
    {
        TokenizerSettings settings = TokenizerSettings.Beside(path);
        TokenizerParts parts = ReadModel(path);
        switch (settings.TokenizerClass)
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
            case "AlbertTokenizer" or "DebertaV2Tokenizer":
                AddedToken cls = Special("cls_token", "[CLS]");
                AddedToken sep = Special("sep_token", "[SEP]");
                return parts with { Template = SequenceTemplate.Bert(cls.Id, sep.Id), AddedTokens = [cls, sep] };
            case "XLMRobertaTokenizer" or "CamembertTokenizer" or "MBartTokenizer":
                throw new InvalidDataException(
                    $"{path}: {settings.TokenizerClass} renumbers the ids of this file; use the model's tokenizer.json instead.");
            default:
                return parts;
        }

        AddedToken Special(string name, string usual)
        {
            string token = settings.Token(name) ?? usual;
            return parts.Model.Vocabulary.Id(token) is { } id
                ? new AddedToken(token, id) { Special = true }
                : throw new InvalidDataException($"{path}: lacks the {name} '{token}' that {settings.TokenizerClass} needs.");
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
