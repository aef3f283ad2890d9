using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Common;
using OrtTrainer.Text;

namespace OrtTrainer.Export;

/// <summary>
/// The tokenizer's files of an exported model: vocabularies as they are, and tokenizer.json and tokenizer_config.json,
/// since transformers.js and tokenizers read nothing else, with the length that the model was trained with.
/// </summary>
internal sealed class TokenizerExport
{
    private const string Json = "tokenizer.json";
    private const string Settings = "tokenizer_config.json";
    private const string SpecialTokens = "special_tokens_map.json";

    // Beside the chat template that is taken where none is named.
    private const string NamedTemplates = "additional_chat_templates";

    private static readonly JsonSerializerOptions Written = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly List<(string Name, byte[] Content)> _files = [];

    private TokenizerExport()
    {
    }

    /// <summary>Every file a tokenizer may consist of.</summary>
    public static IReadOnlyList<string> FileNames { get; } =
    [
        Json, Settings, SpecialTokens, "vocab.txt", "vocab.json", "merges.txt", "added_tokens.json", "spiece.model",
        "spm.model", "sentencepiece.bpe.model", "tokenizer.model", "chat_template.jinja",
    ];

    /// <summary>
    /// Reads the tokenizer of a model folder and prepares all that will be written, so that what cannot be exported is
    /// known before training.
    /// </summary>
    /// <param name="folder">A model folder.</param>
    /// <param name="positions">The longest sequence the model takes.</param>
    /// <param name="maxLength">
    /// Where the exported tokenizer shall truncate; null keeps the tokenizer's own limit.
    /// </param>
    /// <exception cref="RunException">There is no tokenizer, or one of its settings files is malformed.</exception>
    /// <exception cref="InvalidDataException">
    /// The tokenizer is malformed, or there is no tokenizer.json and none can be made of it.
    /// </exception>
    public static TokenizerExport Read(string folder, int positions, int? maxLength)
    {
        TokenizerExport export = new();
        JsonObject settings = ReadObject(Path.Combine(folder, Settings)) ?? [];
        JsonObject? special = ReadObject(Path.Combine(folder, SpecialTokens));
        TokenizerSettings.Limit(settings, positions, maxLength);
        Tokenizer tokenizer = Load(folder);
        byte[] json = tokenizer.ToTokenizerJson(TokenizerSettings.LimitOf(settings));
        TokenizerSettings.Complete(
            settings, Parse(json, Path.Combine(folder, Json)), special, tokenizer.ClassOfFamily);
        export._files.Add((Json, json));
        export._files.Add((Settings, System.Text.Encoding.UTF8.GetBytes(settings.ToJsonString(Written) + "\n")));
        foreach (string name in FileNames.Where(name => name is not (Json or Settings)).Concat(TemplatesOf(folder)))
        {
            if (File.Exists(Path.Combine(folder, name)))
            {
                export._files.Add((name, File.ReadAllBytes(Path.Combine(folder, name))));
            }
        }

        return export;
    }

    /// <summary>The chat templates of a folder that are asked for by name, below that folder.</summary>
    public static IReadOnlyList<string> TemplatesOf(string folder) =>
        Path.Combine(folder, NamedTemplates) is var templates && Directory.Exists(templates)
            ? [.. Directory.GetFiles(templates, "*.jinja").Order(StringComparer.Ordinal)
                .Select(file => Path.Combine(NamedTemplates, Path.GetFileName(file)))]
            : [];

    /// <summary>Writes the files.</summary>
    public void Write(string folder)
    {
        foreach ((string name, byte[] content) in _files)
        {
            string path = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            AtomicFile.Write(path, stream => stream.Write(content));
        }
    }

    private static Tokenizer Load(string folder)
    {
        try
        {
            return Tokenizer.Load(folder);
        }
        catch (FileNotFoundException missing)
        {
            throw new RunException($"{missing.Message} Copy them from where the model came from.", missing);
        }
    }

    private static JsonObject? ReadObject(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        JsonObject content = Parse(File.ReadAllBytes(path), path);
        try
        {
            // Texts are only looked at when they are written.
            content.ToJsonString();
            return content;
        }
        catch (InvalidOperationException halfPair)
        {
            throw HalfPair(path, halfPair);
        }
    }

    private static JsonObject Parse(byte[] content, string path)
    {
        try
        {
            return JsonNode.Parse(content, null, new JsonDocumentOptions { AllowDuplicateProperties = false })
                as JsonObject
                ?? throw new RunException($"{path}: a JSON object was expected. Download or write the file again.");
        }
        catch (JsonException malformed)
        {
            throw new RunException($"{path}: invalid JSON: {malformed.Message} Download or write the file again.",
                malformed);
        }
        catch (InvalidOperationException halfPair)
        {
            throw HalfPair(path, halfPair);
        }
    }

    private static RunException HalfPair(string path, InvalidOperationException cause) => new(
        $"{path}: a text in it holds half of a surrogate pair, which is no character. Download or write the file " +
        "again.",
        cause);
}
