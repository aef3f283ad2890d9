using System.Text;
using OrtTrainer.Text.Decoding;
using OrtTrainer.Text.PreTokenization;

namespace OrtTrainer.Text.Loading;

/// <summary>Reads a decoder component of tokenizer.json.</summary>
internal static class DecoderReader
{
    /// <summary>The decoder a field describes.</summary>
    /// <exception cref="InvalidDataException">The component is malformed or unknown.</exception>
    public static Decoding.Decoder Read(JsonField field) => field.Required("type").Text() switch
    {
        "WordPiece" => new WordPieceDecoder(field.Text("prefix", "##"), field.Flag("cleanup", true)),
        "ByteLevel" => new ByteLevelDecoder(),
        "Metaspace" => new MetaspaceDecoder(
            new Rune(PreTokenizerReader.ReadReplacement(field)).ToString(),
            PreTokenizerReader.ReadPrepend(field) != MetaspacePrepend.Never),
        "ByteFallback" => new ByteFallbackDecoder(),
        "Fuse" => new FuseDecoder(),
        "Strip" => new StripDecoder(
            field.Required("content").Text(), field.Required("start").Count(), field.Required("stop").Count()),
        "Replace" => new ReplaceDecoder(
            PatternReader.Read(field.Required("pattern")), field.Required("content").Text()),
        "BPEDecoder" => new BpeDecoder(field.Text("suffix", "</w>")),
        "Sequence" => new SequenceDecoder([.. field.Required("decoders").Items().Select(Read)]),
        var other => throw field.Fail(
            $"asks for the decoder {other}, which is not supported; known are WordPiece, ByteLevel, Metaspace, "
            + "ByteFallback, Fuse, Strip, Replace, BPEDecoder and Sequence"),
    };
}
