using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Common;
using OrtTrainer.Models;

namespace OrtTrainer.Export;

/// <summary>
/// The tokenizer's files of an exported model: copied, and completed by tokenizer.json and tokenizer_config.json
/// where only vocabularies are there, since transformers.js and tokenizers read nothing else.
/// </summary>
internal static class TokenizerExport
{
    private const string Json = "tokenizer.json";
    private const string Settings = "tokenizer_config.json";
    private const string SpecialTokens = "special_tokens_map.json";

    private static readonly JsonSerializerOptions Written = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Every file a tokenizer may consist of.</summary>
    public static IReadOnlyList<string> FileNames { get; } =
    [
        Json, Settings, SpecialTokens, "vocab.txt", "vocab.json", "merges.txt", "added_tokens.json", "spiece.model",
        "sentencepiece.bpe.model", "tokenizer.model",
    ];

    /// <summary>Writes the tokenizer of one folder into another.</summary>
    /// <param name="from">A model folder.</param>
    /// <param name="to">Where to.</param>
    /// <param name="positions">The longest sequence the model takes.</param>
    /// <param name="maxLength">
    /// Where the exported tokenizer shall truncate; null keeps the tokenizer's own limit.
    /// </param>
    /// <exception cref="ModelException">The folder has no tokenizer, or one of its files is malformed.</exception>
    public static void Write(string from, string to, int positions, int? maxLength)
    {
        foreach (string name in FileNames.Where(n => n != Settings && File.Exists(Path.Combine(from, n))))
        {
            byte[] bytes = File.ReadAllBytes(Path.Combine(from, name));
            AtomicFile.Write(Path.Combine(to, name), stream => stream.Write(bytes));
        }

        JsonObject settings = ReadObject(Path.Combine(from, Settings)) ?? [];
        JsonObject tokenizer = ReadObject(Path.Combine(from, Json)) ?? WriteTokenizer(from, to, settings);
        TokenizerSettings.Complete(settings, tokenizer, ReadObject(Path.Combine(from, SpecialTokens)));
        TokenizerSettings.Limit(settings, positions, maxLength);
        WriteObject(Path.Combine(to, Settings), settings);
    }

    private static JsonObject WriteTokenizer(string from, string to, JsonObject settings)
    {
        string words = Path.Combine(from, "vocab.txt");
        string vocabulary = Path.Combine(from, "vocab.json");
        string merges = Path.Combine(from, "merges.txt");
        JsonObject tokenizer = File.Exists(words)
            ? WordPieceJson.From(File.ReadAllText(words), settings)
            : File.Exists(merges) && ReadObject(vocabulary) is { } ids
            ? ByteLevelJson.From(ids, File.ReadAllText(merges))
            : throw new ModelException(
                $"{from}: there is no tokenizer; expected tokenizer.json, vocab.txt, or vocab.json with " +
                "merges.txt. Copy them from where the model came from.");
        WriteObject(Path.Combine(to, Json), tokenizer);
        return tokenizer;
    }

    private static JsonObject? ReadObject(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            return JsonNode.Parse(File.ReadAllBytes(path), null,
                new JsonDocumentOptions { AllowDuplicateProperties = false }) as JsonObject
                ?? throw new ModelException($"{path}: a JSON object was expected. Download or write the file again.");
        }
        catch (JsonException malformed)
        {
            throw new ModelException($"{path}: invalid JSON: {malformed.Message} Download or write the file again.",
                malformed);
        }
    }

    private static void WriteObject(string path, JsonObject content) =>
        AtomicFile.WriteText(path, content.ToJsonString(Written) + "\n");
}
