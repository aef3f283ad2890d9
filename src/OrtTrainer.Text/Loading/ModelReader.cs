using OrtTrainer.Text.Models;

namespace OrtTrainer.Text.Loading;

/// <summary>Reads the model of tokenizer.json.</summary>
internal static class ModelReader
{
    /// <summary>The model a field describes; files of before 2020 leave out its type.</summary>
    /// <exception cref="InvalidDataException">The model is malformed or unknown.</exception>
    public static TokenModel Read(JsonField field) => (field.Text("type", null) ?? Guess(field)) switch
    {
        "WordPiece" => ReadWordPiece(field),
        "WordLevel" => ReadWordLevel(field),
        "BPE" => ReadBpe(field),
        "Unigram" => ReadUnigram(field),
        var other => throw field.Fail(
            $"is a {other} model, which is not supported; known are WordPiece, WordLevel, BPE and Unigram"),
    };

    private static string Guess(JsonField field) =>
        field.Optional("merges") is not null ? "BPE"
        : field.Optional("unk_id") is not null ? "Unigram"
        : field.Optional("continuing_subword_prefix") is not null ? "WordPiece"
        : "WordLevel";

    private static WordPieceModel ReadWordPiece(JsonField field)
    {
        Vocabulary vocabulary = ReadVocabulary(field);
        return new WordPieceModel(
            vocabulary, RequireToken(field, vocabulary, field.Text("unk_token", "[UNK]")),
            field.Text("continuing_subword_prefix", "##"), field.Optional("max_input_chars_per_word")?.Count() ?? 100);
    }

    private static WordLevelModel ReadWordLevel(JsonField field)
    {
        Vocabulary vocabulary = ReadVocabulary(field);
        return new WordLevelModel(vocabulary, RequireToken(field, vocabulary, field.Text("unk_token", "<unk>")));
    }

    private static BpeModel ReadBpe(JsonField field)
    {
        Vocabulary vocabulary = ReadVocabulary(field);
        string? unknown = field.Text("unk_token", null);
        if (field.Optional("dropout")?.Number() is > 0)
        {
            throw field.Required("dropout").Fail("asks for random merges, which are not supported; set it to null");
        }

        BpeOptions options = new()
        {
            UnknownId = unknown is null ? null : RequireToken(field, vocabulary, unknown),
            ContinuingSubwordPrefix = field.Text("continuing_subword_prefix", ""),
            EndOfWordSuffix = field.Text("end_of_word_suffix", ""),
            FuseUnknown = field.Flag("fuse_unk", false),
            ByteFallback = field.Flag("byte_fallback", false),
            IgnoreMerges = field.Flag("ignore_merges", false),
        };
        JsonField merges = field.Required("merges");
        try
        {
            return new BpeModel(vocabulary, merges.Items().Select(ReadMerge), options);
        }
        catch (UnknownMergeException exception)
        {
            throw merges.Fail(exception.Message);
        }
    }

    private static (string Left, string Right) ReadMerge(JsonField merge)
    {
        string[] parts = merge.Kind == System.Text.Json.JsonValueKind.String
            ? merge.Text().Split(' ')
            : [.. merge.Items().Select(part => part.Text())];
        return parts.Length == 2 ? (parts[0], parts[1]) : throw merge.Expected("two tokens");
    }

    private static UnigramModel ReadUnigram(JsonField field)
    {
        List<UnigramPiece> pieces = [];
        foreach (JsonField entry in field.Required("vocab").Items())
        {
            JsonField[] pair = [.. entry.Items()];
            pieces.Add(pair.Length == 2
                ? new UnigramPiece(pair[0].Text(), pair[1].Number())
                : throw entry.Expected("a token and its score"));
        }

        int? unknownId = field.Optional("unk_id")?.Count();
        return unknownId < pieces.Count
            ? new UnigramModel(pieces, unknownId.Value, field.Flag("byte_fallback", false), singlePrecision: false)
            : throw field.Fail($"needs an unk_id below its {pieces.Count} tokens");
    }

    private static Vocabulary ReadVocabulary(JsonField field) => new(
        field.Required("vocab").Fields().Select(entry => KeyValuePair.Create(entry.Name, entry.Value.Id())));

    private static int RequireToken(JsonField field, Vocabulary vocabulary, string token) =>
        vocabulary.Id(token) ?? throw field.Required("vocab").Fail($"lacks the unknown token {token}");
}
