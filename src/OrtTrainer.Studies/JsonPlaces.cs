using System.Text;
using System.Text.Json;

namespace OrtTrainer.Studies;

/// <summary>
/// The lines on which the values of a JSON text stand, by path: <c>methods.swa.epochs</c>, <c>overrides[0].where</c>.
/// </summary>
internal sealed class JsonPlaces
{
    private readonly Dictionary<string, int> _lines = new(StringComparer.Ordinal);
    private readonly byte[] _text;
    private int _line = 1;
    private int _counted;

    private JsonPlaces(byte[] text) => _text = text;

    /// <param name="text">JSON that has been parsed without an error, comments and trailing commas allowed.</param>
    public static JsonPlaces Of(string text)
    {
        JsonPlaces places = new(Encoding.UTF8.GetBytes(text));
        Utf8JsonReader reader = new(places._text, new JsonReaderOptions
        {
            CommentHandling = JsonCommentHandling.Skip,
            AllowTrailingCommas = true,
        });
        reader.Read();
        places.Walk(ref reader, "");
        return places;
    }

    /// <summary>The path with its line, or with the line of the nearest part around it.</summary>
    public string Show(string path)
    {
        for (string at = path; at.Length > 0; at = at[..Math.Max(0, at.LastIndexOfAny(['.', '[']))])
        {
            if (_lines.TryGetValue(at, out int line))
            {
                return $"{path} (line {line})";
            }
        }

        return path;
    }

    private void Walk(ref Utf8JsonReader reader, string path)
    {
        _lines.TryAdd(path, LineOf(reader.TokenStartIndex));
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string name = path.Length == 0 ? reader.GetString()! : $"{path}.{reader.GetString()}";
                _lines[name] = LineOf(reader.TokenStartIndex);
                reader.Read();
                Walk(ref reader, name);
            }
        }
        else if (reader.TokenType == JsonTokenType.StartArray)
        {
            for (int at = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; at++)
            {
                Walk(ref reader, $"{path}[{at}]");
            }
        }
    }

    /// <summary>The 1-based line of a byte; bytes are asked for in rising order.</summary>
    private int LineOf(long index)
    {
        _line += _text.AsSpan(_counted..(int)index).Count((byte)'\n');
        _counted = (int)index;
        return _line;
    }
}
