using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace OrtTrainer.Text.Loading;

/// <summary>
/// A value in a JSON file that knows its place, so that every complaint names file, field and what was expected.
/// </summary>
internal readonly struct JsonField
{
    // Far beyond any vocabulary; a larger id is damage, and a table of that size would take the memory.
    private const int MaxIds = 1 << 24;
    private const string WholeNames = "names without halves of surrogate pairs";
    private readonly string _file;
    private readonly string _path;
    private readonly JsonElement _element;

    private JsonField(string file, string path, JsonElement element) =>
        (_file, _path, _element) = (file, path, element);

    /// <summary>The value itself.</summary>
    public JsonElement Element => _element;

    /// <summary>File and field, as complaints begin.</summary>
    public string Place => $"{_file}: {(_path.Length == 0 ? "the file's content" : $"field '{_path}'")}";

    /// <summary>The kind of JSON value.</summary>
    public JsonValueKind Kind => _element.ValueKind;

    /// <summary>The root of a JSON file.</summary>
    /// <exception cref="InvalidDataException">The file is not JSON.</exception>
    public static JsonField ReadFile(string file)
    {
        try
        {
            using Stream stream = File.OpenRead(file);
            using JsonDocument document = JsonDocument.Parse(stream);
            return new JsonField(file, "", document.RootElement.Clone());
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException(
                $"{file}: not valid JSON ({exception.Message}); the file may be cut off, fetch it again.", exception);
        }
    }

    /// <summary>A field that must be there and not null.</summary>
    public JsonField Required(string name) => Optional(name) ?? throw Child(name, default).Fail("is missing");

    /// <summary>A field that may be absent or null.</summary>
    public JsonField? Optional(string name)
    {
        if (Kind != JsonValueKind.Object)
        {
            throw Expected("an object");
        }

        try
        {
            return _element.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null
                ? Child(name, value)
                : null;
        }
        catch (InvalidOperationException)
        {
            throw Expected(WholeNames);
        }
    }

    /// <summary>The value as text.</summary>
    public string Text()
    {
        try
        {
            return Kind == JsonValueKind.String ? _element.GetString()! : throw Expected("a text");
        }
        catch (InvalidOperationException)
        {
            throw Expected("a text without halves of surrogate pairs");
        }
    }

    /// <summary>The text of a field, or a default where it is absent.</summary>
    [return: NotNullIfNotNull(nameof(otherwise))]
    public string? Text(string name, string? otherwise) => Optional(name)?.Text() ?? otherwise;

    /// <summary>The value as an id or a count: a whole number of 0 or more.</summary>
    public int Count() =>
        Kind == JsonValueKind.Number && _element.TryGetInt32(out int value) && value >= 0
            ? value
            : throw Expected("a whole number of 0 or more");

    /// <summary>The value as a token id: a whole number of 0 or more, below 2^24.</summary>
    public int Id() => Count() is var id and < MaxIds
        ? id
        : throw Expected($"a token id below {MaxIds}");

    /// <summary>The value as a number.</summary>
    public double Number() => Kind == JsonValueKind.Number ? _element.GetDouble() : throw Expected("a number");

    /// <summary>The truth value of a field, or a default where it is absent.</summary>
    public bool Flag(string name, bool otherwise) => Optional(name)?.Flag() ?? otherwise;

    /// <summary>The value as a truth value.</summary>
    public bool Flag() => Kind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Expected("true or false"),
    };

    /// <summary>The elements of an array.</summary>
    public IEnumerable<JsonField> Items()
    {
        if (Kind != JsonValueKind.Array)
        {
            throw Expected("a list");
        }

        int index = 0;
        foreach (JsonElement item in _element.EnumerateArray())
        {
            yield return new JsonField(_file, $"{_path}[{index++}]", item);
        }
    }

    /// <summary>The fields of an object.</summary>
    public IEnumerable<(string Name, JsonField Value)> Fields()
    {
        if (Kind != JsonValueKind.Object)
        {
            throw Expected("an object");
        }

        foreach (JsonProperty field in _element.EnumerateObject())
        {
            string name = Name(field);
            yield return (name, Child(name, field.Value));
        }
    }

    /// <summary>The complaint that the value is of the wrong kind.</summary>
    public InvalidDataException Expected(string what) => Fail($"is {Shown()}, expected {what}");

    /// <summary>A complaint about the value.</summary>
    public InvalidDataException Fail(string problem) =>
        new($"{Place} {problem}.");

    private string Name(JsonProperty field)
    {
        try
        {
            return field.Name;
        }
        catch (InvalidOperationException)
        {
            throw Expected(WholeNames);
        }
    }

    private JsonField Child(string name, JsonElement value) =>
        new(_file, _path.Length == 0 ? name : $"{_path}.{name}", value);

    private string Shown()
    {
        string raw = Kind == JsonValueKind.Undefined ? "nothing" : _element.GetRawText();
        return raw.Length <= 60 ? raw : raw[..60] + "…";
    }
}
