using OrtTrainer.Text.Models;

namespace OrtTrainer.Text.Loading;

/// <summary>What a SentencePiece model file holds. Field numbers are those of sentencepiece_model.proto.</summary>
internal sealed record SentencePieceFile
{
    /// <summary>The number of the unigram model type.</summary>
    public const int UnigramType = 1;

    /// <summary>The number of the BPE model type.</summary>
    public const int BpeType = 2;

    /// <summary>All pieces; their places are their ids.</summary>
    public IReadOnlyList<UnigramPiece> Pieces { get; private init; } = [];

    /// <summary>1 unigram, 2 BPE, 3 word, 4 character.</summary>
    public int ModelType { get; private set; } = UnigramType;

    /// <summary>Whether unknown characters become byte tokens.</summary>
    public bool ByteFallback { get; private set; }

    /// <summary>Whether the visible blank ends a word instead of beginning it.</summary>
    public bool WhitespaceAsSuffix { get; private set; }

    /// <summary>What an unknown token is decoded to.</summary>
    public string UnknownSurface { get; private set; } = " \u2047 ";

    /// <summary>The precompiled character map; empty for none.</summary>
    public byte[] CharacterMap { get; private set; } = [];

    /// <summary>Whether a blank is put in front of a text.</summary>
    public bool AddDummyPrefix { get; private set; } = true;

    /// <summary>Whether blanks at the ends, and all but one in a row, are dropped.</summary>
    public bool RemoveExtraWhitespaces { get; private set; } = true;

    /// <summary>Whether blanks become U+2581.</summary>
    public bool EscapeWhitespaces { get; private set; } = true;

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">The file is malformed or has no pieces.</exception>
    public static SentencePieceFile Read(string path)
    {
        try
        {
            return Parse(File.ReadAllBytes(path));
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException(
                $"{path}: not a SentencePiece model ({exception.Message}); the file may be cut off, fetch it "
                + "again.", exception);
        }
    }

    private static SentencePieceFile Parse(byte[] bytes)
    {
        List<UnigramPiece> pieces = [];
        SentencePieceFile file = new() { Pieces = pieces };
        ProtobufReader model = new(bytes);
        while (model.Read())
        {
            switch (model.Field)
            {
                case 1:
                    pieces.Add(ParsePiece(model.Bytes));
                    break;
                case 2:
                    file.ParseTrainer(model.Bytes);
                    break;
                case 3:
                    file.ParseNormalizer(model.Bytes);
                    break;
            }
        }

        return pieces.Any(piece => piece.Kind == PieceKind.Unknown)
            ? file
            : throw new InvalidDataException($"none of its {pieces.Count} pieces is the unknown token");
    }

    private static UnigramPiece ParsePiece(ReadOnlySpan<byte> message)
    {
        string text = "";
        float score = 0;
        PieceKind kind = PieceKind.Normal;
        ProtobufReader piece = new(message);
        while (piece.Read())
        {
            switch (piece.Field)
            {
                case 1:
                    text = piece.Text;
                    break;
                case 2:
                    score = piece.Float;
                    break;
                case 3:
                    kind = (PieceKind)piece.Number;
                    break;
            }
        }

        return new UnigramPiece(text, score, kind);
    }

    private void ParseTrainer(ReadOnlySpan<byte> message)
    {
        ProtobufReader trainer = new(message);
        while (trainer.Read())
        {
            switch (trainer.Field)
            {
                case 3:
                    ModelType = (int)trainer.Number;
                    break;
                case 24:
                    WhitespaceAsSuffix = trainer.Number != 0;
                    break;
                case 35:
                    ByteFallback = trainer.Number != 0;
                    break;
                case 44:
                    UnknownSurface = trainer.Text;
                    break;
            }
        }
    }

    private void ParseNormalizer(ReadOnlySpan<byte> message)
    {
        ProtobufReader normalizer = new(message);
        while (normalizer.Read())
        {
            switch (normalizer.Field)
            {
                case 2:
                    CharacterMap = normalizer.Bytes.ToArray();
                    break;
                case 3:
                    AddDummyPrefix = normalizer.Number != 0;
                    break;
                case 4:
                    RemoveExtraWhitespaces = normalizer.Number != 0;
                    break;
                case 5:
                    EscapeWhitespaces = normalizer.Number != 0;
                    break;
            }
        }
    }
}
