using OrtTrainer.Text.Normalization;

namespace OrtTrainer.Text.Loading;

/// <summary>Reads a normalizer component of tokenizer.json.</summary>
internal static class NormalizerReader
{
    /// <summary>The normalizer a field describes.</summary>
    /// <exception cref="InvalidDataException">The component is malformed or unknown.</exception>
    public static Normalizer Read(JsonField field) => field.Required("type").Text() switch
    {
        "BertNormalizer" => new BertNormalizer(new BertNormalizerOptions
        {
            CleanText = field.Flag("clean_text", true),
            HandleChineseChars = field.Flag("handle_chinese_chars", true),
            StripAccents = field.Optional("strip_accents")?.Flag(),
            Lowercase = field.Flag("lowercase", true),
        }),
        "NFC" => new UnicodeFormNormalizer(UnicodeForm.Nfc),
        "NFD" => new UnicodeFormNormalizer(UnicodeForm.Nfd),
        "NFKC" => new UnicodeFormNormalizer(UnicodeForm.Nfkc),
        "NFKD" => new UnicodeFormNormalizer(UnicodeForm.Nfkd),
        "Lowercase" => new LowercaseNormalizer(),
        "StripAccents" => new StripAccentsNormalizer(),
        "Strip" => new StripNormalizer(field.Flag("strip_left", true), field.Flag("strip_right", true)),
        "Prepend" => new PrependNormalizer(field.Required("prepend").Text()),
        "Replace" => new ReplaceNormalizer(
            PatternReader.Read(field.Required("pattern")), field.Required("content").Text()),
        "Precompiled" => ReadPrecompiled(field.Required("precompiled_charsmap")),
        "Sequence" => new SequenceNormalizer([.. field.Required("normalizers").Items().Select(Read)]),
        var other => throw field.Fail(
            $"asks for the normalizer {other}, which is not supported; known are BertNormalizer, NFC, NFD, "
            + "NFKC, NFKD, Lowercase, "
            + "StripAccents, Strip, Prepend, Replace, Precompiled and Sequence"),
    };

    private static PrecompiledNormalizer ReadPrecompiled(JsonField field)
    {
        try
        {
            return new PrecompiledNormalizer(CharacterMap.Parse(Convert.FromBase64String(field.Text())));
        }
        catch (Exception exception) when (exception is FormatException or InvalidDataException)
        {
            throw field.Fail($"is not a precompiled character map ({exception.Message})");
        }
    }
}
