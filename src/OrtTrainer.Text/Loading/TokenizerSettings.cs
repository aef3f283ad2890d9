namespace OrtTrainer.Text.Loading;

/// <summary>
/// What tokenizer_config.json and config.json of a model folder say about its tokenizer; both files may be absent.
/// </summary>
internal sealed class TokenizerSettings
{
    private readonly JsonField? _tokenizer;
    private readonly JsonField? _model;

    /// <summary>Reads the settings of a folder.</summary>
    /// <exception cref="InvalidDataException">A file is not JSON.</exception>
    public TokenizerSettings(string folder)
    {
        _tokenizer = ReadIfThere(Path.Combine(folder, "tokenizer_config.json"));
        _model = ReadIfThere(Path.Combine(folder, "config.json"));
    }

    /// <summary>The tokenizer's class without Fast at its end, such as BertTokenizer; null where it is not stated.</summary>
    public string? TokenizerClass => _tokenizer?.Text("tokenizer_class", null)?.Replace("Fast", "", StringComparison.Ordinal);

    /// <summary>The architecture, such as bert or roberta; null where it is not stated.</summary>
    public string? ModelType => _model?.Text("model_type", null);

    /// <summary>A flag of tokenizer_config.json, or null.</summary>
    public bool? Flag(string name) => _tokenizer?.Optional(name)?.Flag();

    /// <summary>A token that tokenizer_config.json names, as text or as an object with a field content; or the usual one.</summary>
    public string Token(string name, string otherwise) => _tokenizer?.Optional(name) is not { } token
        ? otherwise
        : token.Kind == System.Text.Json.JsonValueKind.Object ? token.Required("content").Text() : token.Text();

    private static JsonField? ReadIfThere(string path) => File.Exists(path) ? JsonField.ReadFile(path) : null;
}
