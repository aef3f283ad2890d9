using OrtTrainer.Text.Alignment;
using OrtTrainer.Text.PreTokenization;

namespace OrtTrainer.Text.Loading;

/// <summary>Reads a pre-tokenizer component of tokenizer.json.</summary>
internal static class PreTokenizerReader
{
    /// <summary>The pre-tokenizer a field describes.</summary>
    /// <exception cref="InvalidDataException">The component is malformed or unknown.</exception>
    public static PreTokenizer Read(JsonField field) => field.Required("type").Text() switch
    {
        "BertPreTokenizer" => new BertPreTokenizer(),
        "Whitespace" => new WhitespacePreTokenizer(),
        "WhitespaceSplit" => new WhitespaceSplitPreTokenizer(),
        "ByteLevel" => new ByteLevelPreTokenizer(field.Flag("add_prefix_space", true), field.Flag("use_regex", true)),
        "Metaspace" => new MetaspacePreTokenizer(
            ReadReplacement(field), ReadPrepend(field), field.Flag("split", true)),
        "Punctuation" => new PunctuationPreTokenizer(
            field.Optional("behavior") is { } behavior ? PatternReader.ReadBehavior(behavior) : SplitBehavior.Isolated),
        "Digits" => new DigitsPreTokenizer(field.Flag("individual_digits", false)),
        "Split" => new SplitPreTokenizer(
            PatternReader.Read(field.Required("pattern")), PatternReader.ReadBehavior(field.Required("behavior")),
            field.Flag("invert", false)),
        "Sequence" => new SequencePreTokenizer([.. field.Required("pretokenizers").Items().Select(Read)]),
        var other => throw field.Fail(
            $"asks for the pre-tokenizer {other}, which is not supported; known are BertPreTokenizer, "
            + "Whitespace, WhitespaceSplit, "
            + "ByteLevel, Metaspace, Punctuation, Digits, Split and Sequence"),
    };

    /// <summary>Metaspace's visible blank, a single character.</summary>
    public static int ReadReplacement(JsonField field)
    {
        int[] points = CodePoints.From(field.Text("replacement", "\u2581"));
        return points.Length == 1 ? points[0] : throw field.Required("replacement").Expected("a single character");
    }

    /// <summary>Where Metaspace prepends; older files have the flag add_prefix_space instead.</summary>
    public static MetaspacePrepend ReadPrepend(JsonField field) => field.Text("prepend_scheme", null) switch
    {
        "always" => MetaspacePrepend.Always,
        "never" => MetaspacePrepend.Never,
        "first" => MetaspacePrepend.First,
        null => field.Flag("add_prefix_space", true) ? MetaspacePrepend.Always : MetaspacePrepend.Never,
        _ => throw field.Required("prepend_scheme").Expected("always, never or first"),
    };
}
