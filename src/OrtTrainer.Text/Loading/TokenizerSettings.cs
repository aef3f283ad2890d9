using System.Text.Json;
using OrtTrainer.Text.Loading.Conversion;

namespace OrtTrainer.Text.Loading;

/// <summary>
/// What tokenizer_config.json, special_tokens_map.json and config.json of a model folder say about its tokenizer; all
/// may be absent.
/// </summary>
internal sealed class TokenizerSettings
{
    // Hugging Face writes 10^30 where there is no limit.
    private const double NoLimit = 1e9;
    private readonly JsonField? _tokenizer;
    private readonly JsonField? _special;
    private readonly JsonField? _model;

    /// <summary>Reads the settings of a folder.</summary>
    /// <exception cref="InvalidDataException">A file is not JSON.</exception>
    public TokenizerSettings(string folder)
    {
        Folder = folder;
        _tokenizer = ReadIfThere(Path.Combine(folder, "tokenizer_config.json"));
        _special = ReadIfThere(Path.Combine(folder, "special_tokens_map.json"));
        _model = ReadIfThere(Path.Combine(folder, "config.json"));
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>The settings of the folder a file lies in.</summary>
    public static TokenizerSettings Beside(string path) => new(Path.GetDirectoryName(Path.GetFullPath(path))!);

    /// <summary>
    /// The tokenizer's class without Fast at its end, such as BertTokenizer; null where it is not stated.
    /// </summary>
    public string? TokenizerClass =>
        _tokenizer?.Text("tokenizer_class", null)?.Replace("Fast", "", StringComparison.Ordinal);

    /// <summary>
    /// The class, or where it is not stated the one that models of the family have; null for other families.
    /// </summary>
    public string? ClassOfFamily => TokenizerClass
        ?? SentencePieceConversion.All.FirstOrDefault(family => family.ModelType == ModelType)?.TokenizerClass
        ?? ModelType switch
        {
            "mbart" => "MBartTokenizer",
            "t5" or "mt5" => "T5Tokenizer",
            _ => null,
        };

    /// <summary>The architecture, such as bert or roberta; null where it is not stated.</summary>
    public string? ModelType => _model?.Text("model_type", null);

    /// <summary>The most tokens the model was made for; null where it is not stated or unlimited.</summary>
    public int? MaxLength =>
        _tokenizer?.Optional("model_max_length")?.Number() is { } length and > 0 and < NoLimit ? (int)length : null;

    /// <summary>A field of tokenizer_config.json, or null.</summary>
    public JsonField? Field(string name) => _tokenizer?.Optional(name);

    /// <summary>A flag of tokenizer_config.json, or null.</summary>
    public bool? Flag(string name) => _tokenizer?.Optional(name)?.Flag();

    /// <summary>The text of a special token, by its role such as pad_token; null where it is not stated.</summary>
    public string? Token(string role) =>
        (_tokenizer?.Optional(role) ?? _special?.Optional(role)) is not { } token ? null
        : token.Kind == JsonValueKind.Object ? token.Required("content").Text()
        : token.Text();

    private static JsonField? ReadIfThere(string path) => File.Exists(path) ? JsonField.ReadFile(path) : null;
}
