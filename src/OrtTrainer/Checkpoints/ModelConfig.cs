using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using OrtTrainer.Common;

namespace OrtTrainer.Checkpoints;

/// <summary>
/// A Hugging Face <c>config.json</c>, as transformers 4 and 5 write it. Immutable; fields that nothing here knows are
/// kept, so that an exported configuration loses nothing.
/// </summary>
internal sealed partial class ModelConfig
{
    public const string FileName = "config.json";

    private readonly JsonObject _fields;

    private ModelConfig(string path, JsonObject fields)
    {
        Path = path;
        _fields = fields;
    }

    /// <summary>Full path of the file it was read from.</summary>
    public string Path { get; }

    /// <summary><c>model_type</c>, such as <c>bert</c>.</summary>
    public string ModelType => GetString("model_type");

    /// <summary>Reads <c>config.json</c> in a model's folder.</summary>
    /// <exception cref="RunException">There is no such folder, or no model in it yet.</exception>
    /// <exception cref="CheckpointException">It is absent or no JSON object.</exception>
    public static ModelConfig Load(string modelFolder) =>
        LoadFile(System.IO.Path.Combine(ModelFolder.Require(modelFolder), FileName));

    /// <summary>Reads a <c>config.json</c>.</summary>
    /// <exception cref="CheckpointException">It is absent or no JSON object.</exception>
    public static ModelConfig LoadFile(string path)
    {
        const int largest = 16 << 20;
        using var file = CheckpointBytes.Open(path);
        if (file.Length > largest)
        {
            throw new CheckpointException(
                file.Path, null, $"{file.Length} bytes", $"a configuration of at most {largest}", "Check the file.");
        }

        var json = new byte[file.Length];
        file.Read(0, json, "configuration");
        return Parse(file.Path, json);
    }

    /// <summary>Takes fields that are part of another file.</summary>
    /// <param name="path">That file, for messages.</param>
    /// <param name="fields">Copied.</param>
    public static ModelConfig Of(string path, JsonObject fields) => new(path, (JsonObject)fields.DeepClone());

    /// <summary>Whether the field is there and not null.</summary>
    public bool Has(string field) => _fields[field] is not null;

    /// <exception cref="CheckpointException">The field is absent and has no default, or is no 32-bit
    /// integer.</exception>
    public int GetInt(string field, int? defaultValue = null) =>
        Get(field, defaultValue, $"a whole number up to {int.MaxValue}", static (JsonElement e, out int value) =>
        {
            value = 0;
            return e.ValueKind == JsonValueKind.Number && e.TryGetInt32(out value);
        });

    /// <exception cref="CheckpointException">The field is absent and has no default, or is no number.</exception>
    public double GetFloat(string field, double? defaultValue = null) =>
        Get(field, defaultValue, "a number", static (JsonElement e, out double value) =>
        {
            value = 0;
            return e.ValueKind == JsonValueKind.Number && e.TryGetDouble(out value) && double.IsFinite(value);
        });

    /// <exception cref="CheckpointException">The field is absent and has no default, or is no boolean.</exception>
    public bool GetBool(string field, bool? defaultValue = null) =>
        Get(field, defaultValue, "true or false", static (JsonElement e, out bool value) =>
        {
            value = e.ValueKind == JsonValueKind.True;
            return e.ValueKind is JsonValueKind.True or JsonValueKind.False;
        });

    /// <exception cref="CheckpointException">The field is absent and has no default, or is no text.</exception>
    public string GetString(string field, string? defaultValue = null)
    {
        if (_fields[field] is not { } node)
        {
            return defaultValue ?? throw Missing(field, "text");
        }

        var element = ToElement(node);
        return element.ValueKind == JsonValueKind.String ? element.GetString()! : throw Wrong(field, element, "text");
    }

    /// <summary>A copy of all fields, as read or changed.</summary>
    public JsonObject ToJson() => (JsonObject)_fields.DeepClone();

    private delegate bool Conversion<T>(JsonElement element, out T value);

    internal static ModelConfig Parse(string path, byte[] json)
    {
        try
        {
            if (!Utf8.IsValid(json))
            {
                throw new JsonException("text that is not UTF-8");
            }

            // Duplicate properties surface only when the object is used, so they are asked for here.
            var options = new JsonDocumentOptions { AllowDuplicateProperties = false };
            if (JsonNode.Parse(json, null, options) is JsonObject fields)
            {
                // Writing it out decodes every string, so that text that is no valid Unicode is found now and not
                // later.
                _ = fields.ToJsonString(Written);
                return new ModelConfig(path, fields);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new CheckpointException(
                path, null, $"invalid JSON ({e.Message})", "a JSON object", "Download or write the file again.", e);
        }

        throw new CheckpointException(
            path, null, "JSON that is no object", "a JSON object", "Download or write the file again.");
    }

    private T Get<T>(string field, T? defaultValue, string expected, Conversion<T> convert)
        where T : struct
    {
        if (_fields[field] is not { } node)
        {
            return defaultValue ?? throw Missing(field, expected);
        }

        var element = ToElement(node);
        return convert(element, out var value) ? value : throw Wrong(field, element, expected);
    }

    private static JsonElement ToElement(JsonNode node) => JsonSerializer.SerializeToElement(node);

    private CheckpointException Missing(string field, string expected) =>
        new(
            Path, $"field {field}", _fields.ContainsKey(field) ? "null" : "no such field", expected,
            "Check that the configuration belongs to a model of this kind.");

    private CheckpointException Wrong(string field, JsonElement found, string expected) =>
        new(
            Path, $"field {field}", CheckpointException.Shorten(found.GetRawText()), expected, "Correct the field.");
}
