using OrtTrainer.Text.Loading;
using OrtTrainer.Text.Models;

namespace OrtTrainer.Tests.Text.Loading;

/// <summary>Writes SentencePiece models in protobuf's wire format, field by field.</summary>
internal static class TinySentencePiece
{
    /// <summary>A model of a type (1 unigram, 2 BPE) with the library's defaults.</summary>
    public static byte[] Model(int type, params byte[][] pieces) => ModelWith(type, [], pieces);

    /// <summary>A model with further fields of its trainer's settings.</summary>
    public static byte[] ModelWith(int type, byte[] trainer, params byte[][] pieces) =>
        [.. pieces.SelectMany(piece => Message(1, piece)), .. Message(2, [.. Number(3, (ulong)type), .. trainer])];

    /// <summary>The character map and the ordinary pieces of another model, behind special ones.</summary>
    public static byte[] Relaid(SentencePieceFile file, params byte[][] special) =>
    [
        .. Model(1, [
            .. special,
            .. file.Pieces.Where(piece => piece.Kind is PieceKind.Normal or PieceKind.UserDefined)
                .Select(piece => Piece(piece.Text, (float)piece.Score, (byte)piece.Kind)),
        ]),
        .. Message(3, Message(2, file.CharacterMap)),
    ];

    /// <summary>A piece: 1 normal, 2 unknown, 3 control, 4 user-defined, 5 unused, 6 byte.</summary>
    public static byte[] Piece(string text, float score, byte kind = 1) =>
        [.. Utf8(1, text), .. Float(2, score), .. Number(3, kind)];

    public static byte[] Utf8(int field, string text) => Message(field, System.Text.Encoding.UTF8.GetBytes(text));

    public static byte[] Message(int field, byte[] content) =>
        [.. Key(field, 2), .. Varint((ulong)content.Length), .. content];

    public static byte[] Number(int field, ulong value) => [.. Key(field, 0), .. Varint(value)];

    public static byte[] Float(int field, float value) => [.. Key(field, 5), .. BitConverter.GetBytes(value)];

    public static byte[] Key(int field, int kind) => Varint(((ulong)field << 3) | (uint)kind);

    /// <summary>Seven bits a byte, the lowest first, the eighth bit set on all but the last.</summary>
    public static byte[] Varint(ulong value) =>
        value < 128 ? [(byte)value] : [(byte)(0x80 | (value & 0x7F)), .. Varint(value >> 7)];
}
