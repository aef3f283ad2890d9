using OrtTrainer.Text.AddedTokens;
using OrtTrainer.Text.Decoding;
using OrtTrainer.Text.Loading.Conversion;
using OrtTrainer.Text.Models;
using OrtTrainer.Text.Normalization;
using OrtTrainer.Text.PostProcessing;

namespace OrtTrainer.Text.Loading;

/// <summary>Reads SentencePiece models.</summary>
internal static class SentencePieceFolder
{
    /// <summary>A model as the SentencePiece library applies it, without special tokens.</summary>
    /// <exception cref="InvalidDataException">The file is malformed or its model is neither unigram nor
    /// BPE.</exception>
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

    /// <summary>A model with the numbering and the special tokens that the folder's settings ask for.</summary>
    /// <exception cref="InvalidDataException">The file is malformed, or the tokenizer is more than the file and its
    /// settings say.</exception>
    public static TokenizerParts Read(string path)
    {
        TokenizerSettings settings = TokenizerSettings.Beside(path);
        string? tokenizerClass = settings.ClassOfFamily;
        if (SentencePieceConversion.All.FirstOrDefault(family => family.TokenizerClass == tokenizerClass) is { } known)
        {
            SentencePieceFile file = SentencePieceFile.Read(path);
            return known.Convert(path, file, ReadCharacterMap(path, file), settings);
        }

        return tokenizerClass switch
        {
            "T5Tokenizer" or "MT5Tokenizer" => WithEnd(path, settings, tokenizerClass),
            "MBartTokenizer" => throw new InvalidDataException(
                $"{path}: {tokenizerClass} renumbers the ids of this file; use the model's tokenizer.json instead."),
            _ => ReadModel(path),
        };
    }

    private static TokenizerParts WithEnd(string path, TokenizerSettings settings, string tokenizerClass)
    {
        TokenizerParts parts = ReadModel(path);
        string token = settings.Token("eos_token") ?? "</s>";
        int id = parts.Model.Vocabulary.Id(token) ?? throw new InvalidDataException(
            $"{path}: lacks the eos_token '{token}' that {tokenizerClass} needs.");
        TemplatePiece ends = TemplatePiece.Special(id, 0);
        TemplatePiece first = TemplatePiece.Text(0, 0);
        return parts with
        {
            Template = new SequenceTemplate([first, ends], [first, ends, TemplatePiece.Text(1, 0), ends]),
            AddedTokens = [new AddedToken(token, id) { Special = true }],
        };
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
