using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Common;
using OrtTrainer.Options;

namespace OrtTrainer.Studies.Tuning;

/// <summary>
/// Reads what a search tries: JSON with comments, its options in the form of a study file. Anything it does not
/// understand is refused, with the place.
/// </summary>
internal sealed class TuneFileReader
{
    private static readonly string[] Keys = ["name", "description", "defaults", "search", "seed", "metric"];

    private static readonly string[] Scales = [.. Enum.GetNames<RangeScale>().Select(OptionWords.Plain)];

    private readonly string _origin;
    private readonly JsonObject _root;
    private readonly JsonPlaces _places;
    private readonly PartialOptions _options;

    private TuneFileReader(string origin, string folder, string text)
    {
        _origin = origin;
        _root = Parse(origin, text);
        _places = JsonPlaces.Of(text);
        _options = new PartialOptions(folder, Fault);
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="StudyException">It cannot be read, or something in it is wrong.</exception>
    public static TuneFile Read(string path)
    {
        try
        {
            string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
            return new TuneFileReader(path, folder, File.ReadAllText(path)).Read();
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new StudyException($"{path}: the search's file cannot be read: {cause.Message}", cause);
        }
    }

    /// <summary>Reads what a program put together.</summary>
    /// <param name="origin">What messages call it.</param>
    /// <param name="folder">What paths are relative to.</param>
    /// <param name="search">In the form of a file.</param>
    /// <exception cref="StudyException">Something in it is wrong.</exception>
    public static TuneFile Of(string origin, string folder, JsonObject search) =>
        new TuneFileReader(origin, folder, search.ToJsonString()).Read();

    private TuneFile Read()
    {
        if (_root.Select(pair => pair.Key).FirstOrDefault(key => !Keys.Contains(key)) is { } unknown)
        {
            throw Fault(unknown, $"{unknown} is unknown; {OptionsJson.Advice(unknown, Keys)}");
        }

        JsonObject defaults = _options.Check(Holder("defaults"), "defaults");
        if (defaults.ContainsKey("eval_steps"))
        {
            throw Fault("defaults.eval_steps",
                "eval_steps cannot be set here: trials are scored where they may pause.");
        }

        JsonObject search = Holder("search");
        SearchDimension[] dimensions = [.. search.Select(pair => Dimension(pair.Key, pair.Value))];
        if (dimensions.Length == 0)
        {
            throw Fault("search", "name a setting to vary, such as \"learning_rate\": {\"log\": [1e-5, 5e-4]}.");
        }

        TuneFile file = new()
        {
            Origin = _origin,
            Name = Value<string>("name") ?? Path.GetFileNameWithoutExtension(_origin),
            Defaults = defaults,
            Dimensions = dimensions,
            Search = (JsonObject)search.DeepClone(),
            Seed = _root.ContainsKey("seed") ? Value<long>("seed") : 1,
            Metric = Value<string>("metric"),
        };
        foreach ((string place, string path) in _options.Files)
        {
            if (!Path.Exists(path))
            {
                throw Fault(place, $"{path} is not there; paths are relative to the file's folder.");
            }
        }

        return file;
    }

    private SearchDimension Dimension(string name, JsonNode? values)
    {
        SearchDimension dimension = values is JsonArray list ? Choice(name, list) : Range(name, values as JsonObject);
        IEnumerable<JsonNode?> checkedValues = dimension is RangeDimension range
            ? [range.ToJson(range.Low), range.ToJson(range.High)]
            : ((ChoiceDimension)dimension).Values;
        foreach (JsonNode? value in checkedValues)
        {
            _ = _options.Check(dimension.Part(value), "search");
        }

        return dimension;
    }

    private ChoiceDimension Choice(string name, JsonArray list)
    {
        JsonNode?[] values = [.. list.Select(value => value?.DeepClone())];
        return values.Length >= 2 && values.Select(value => value?.ToJsonString()).Distinct().Count() == values.Length
            ? new ChoiceDimension(name, values)
            : throw Fault($"search.{name}", "expected two values or more, all different; give one under defaults.");
    }

    private RangeDimension Range(string name, JsonObject? range)
    {
        string place = $"search.{name}";
        if (range is not { Count: 1 } || !Scales.Contains(range.First().Key)
            || range.First().Value is not JsonArray { Count: 2 } ends
            || ends.Any(end => end?.GetValueKind() != JsonValueKind.Number))
        {
            throw Fault(place, "expected a list of values, or a range such as {\"log\": [1e-5, 5e-4]}, "
                + "{\"linear\": [0, 0.2]} or {\"int\": [64, 256]}.");
        }

        RangeScale scale = Enum.Parse<RangeScale>(range.First().Key, ignoreCase: true);
        (double low, double high) = (ends[0]!.GetValue<double>(), ends[1]!.GetValue<double>());
        bool isWhole = double.IsInteger(low) && double.IsInteger(high);
        return !(low < high) ? throw Fault(place, "a range goes from its lower end to its upper one.")
            : scale == RangeScale.Log && !(low > 0) ? throw Fault(place, "a logarithmic range lies above 0.")
            : scale == RangeScale.Int && !isWhole ? throw Fault(place, "the ends of int are whole numbers.")
            : new RangeDimension(name, low, high, scale);
    }

    private JsonObject Holder(string key) => _root[key] is not { } value ? []
        : value as JsonObject ?? throw Fault(key, "expected an object in braces.");

    private T? Value<T>(string key) => _root[key] is not { } node ? default
        : node is JsonValue value && value.TryGetValue(out T? found) ? found
        : throw Fault(key,
            $"found {node.ToJsonString()}; expected {(typeof(T) == typeof(long) ? "a whole number" : "text")}.");

    private static JsonObject Parse(string origin, string text)
    {
        JsonDocumentOptions lenient = new()
        {
            CommentHandling = JsonCommentHandling.Skip,
            AllowTrailingCommas = true,
            AllowDuplicateProperties = false,
        };
        try
        {
            JsonText.RequireWholeCharacters(text, lenient);
            return JsonNode.Parse(text, documentOptions: lenient) as JsonObject
                ?? throw new StudyException($"{origin}: expected a JSON object with defaults and search.");
        }
        catch (JsonException malformed)
        {
            string line = malformed.LineNumber is { } number ? $" (line {number + 1})" : "";
            throw new StudyException(
                $"{origin}{line}: this is no JSON: {malformed.Message.Split(" LineNumber:")[0]}", malformed);
        }
    }

    private StudyException Fault(string place, string problem) => new($"{_origin}: {_places.Show(place)}: {problem}");
}
