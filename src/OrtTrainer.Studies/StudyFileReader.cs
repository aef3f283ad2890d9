using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Common;
using OrtTrainer.Options;

namespace OrtTrainer.Studies;

/// <summary>
/// Reads a study file: JSON with comments. Anything it does not understand is refused, with the place.
/// </summary>
internal sealed class StudyFileReader
{
    private static readonly string[] Keys =
    [
        "name", "description", "baseline", "seeds", "models", "initializations", "tasks", "methods", "teachers",
        "pretraining", "defaults", "overrides", "skip", "choose", "keep",
    ];

    private static readonly string[] Axes = ["model", "initialization", "task", "method"];

    private readonly string _path;
    private readonly string _text;
    private readonly JsonObject _root;
    private readonly JsonPlaces _places;
    private readonly PartialOptions _options;

    private StudyFileReader(string path, string folder, string text)
    {
        _path = path;
        _text = text;
        _root = Parse(path, text);
        _places = JsonPlaces.Of(text);
        _options = new PartialOptions(folder, Fault);
    }

    /// <param name="path">The file.</param>
    /// <param name="folder">What its paths are relative to; null for its own folder.</param>
    /// <exception cref="StudyException">It cannot be read, or something in it is wrong.</exception>
    public static StudyFile Read(string path, string? folder = null)
    {
        try
        {
            string text = File.ReadAllText(path);
            return new StudyFileReader(path, folder ?? Path.GetDirectoryName(Path.GetFullPath(path))!, text).Read();
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new StudyException($"{path}: the study file cannot be read: {cause.Message}", cause);
        }
    }

    private StudyFile Read()
    {
        RequireKnown(_root, "", Keys);
        JsonObject defaults = _options.Check(Object(_root, "defaults", "") ?? [], "defaults");
        OrderedDictionary<string, JsonObject> models = Axis("models", atLeastOne: true);
        OrderedDictionary<string, JsonObject> initializations = Axis("initializations", atLeastOne: false);
        if (initializations.Count == 0)
        {
            initializations.Add("pretrained", []);
        }

        Dictionary<string, IReadOnlyList<string>> metrics = TakeMetrics();
        OrderedDictionary<string, JsonObject> tasks = Axis("tasks", atLeastOne: true);
        OrderedDictionary<string, JsonObject> methods = Axis("methods", atLeastOne: true);
        IReadOnlyList<long> seeds = Seeds(_root, "seeds");
        string baseline = Text("baseline") ?? throw Fault("baseline", "name the method to compare the others with.");
        RequireOneOf("baseline", baseline, "method", methods.Keys);
        return new StudyFile
        {
            Path = _path,
            Text = _text,
            Name = Text("name") ?? throw Fault("name", "give the study a name."),
            Description = Text("description") ?? "",
            Baseline = baseline,
            Seeds = seeds,
            Defaults = defaults,
            Models = models,
            Initializations = initializations,
            Tasks = tasks,
            Methods = methods,
            Teachers = Axis("teachers", atLeastOne: false),
            Pretraining = Axis("pretraining", atLeastOne: false),
            Metrics = metrics,
            Overrides = Overrides([models, initializations, tasks, methods]),
            Skips = Skips([models, initializations, tasks, methods]),
            Choose = Choose(seeds),
            Keep = Keep(),
            Files = _options.Files,
            Places = _places,
        };
    }

    private static JsonObject Parse(string path, string text)
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
                ?? throw new StudyException($"{path}: expected a JSON object that describes a study.");
        }
        catch (JsonException malformed)
        {
            string line = malformed.LineNumber is { } number ? $" (line {number + 1})" : "";
            throw new StudyException(
                $"{path}{line}: this is no JSON: {malformed.Message.Split(" LineNumber:")[0]}", malformed);
        }
    }

    /// <summary>The values of an axis by name. Names that would share a folder are refused.</summary>
    private OrderedDictionary<string, JsonObject> Axis(string axis, bool atLeastOne)
    {
        OrderedDictionary<string, JsonObject> values = [];
        Dictionary<string, string> folders = [];
        foreach ((string name, JsonNode? value) in Object(_root, axis, "") ?? [])
        {
            string place = $"{axis}.{name}";
            string slug = Slug.Of(name);
            if (slug.Length == 0)
            {
                throw Fault(place, "a name needs at least one letter or digit, for the folders of its runs.");
            }

            if (!folders.TryAdd(slug, name))
            {
                throw Fault(place,
                    $"'{name}' and '{folders[slug]}' are too alike: the folders of both would be {slug}.");
            }

            JsonObject options = value as JsonObject
                ?? throw Fault(place, "expected an object of options, such as {\"epochs\": 3}.");
            values.Add(name, _options.Check(options, place, mayHaveSeed: axis is "teachers" or "pretraining"));
        }

        return values.Count > 0 || !atLeastOne
            ? values
            : throw Fault(axis, $"the grid is empty: name at least one of {axis}.");
    }

    /// <summary>Takes the key that a task has beside the options of a run out of it.</summary>
    private Dictionary<string, IReadOnlyList<string>> TakeMetrics()
    {
        Dictionary<string, IReadOnlyList<string>> metrics = [];
        foreach ((string task, JsonNode? value) in Object(_root, "tasks", "") ?? [])
        {
            string place = $"tasks.{task}.metrics";
            metrics[task] = value is JsonObject options && options.Remove("metrics", out JsonNode? names)
                ? [.. Items(names, place, "metrics").Select(name => Value<string>(name, place, "names of metrics"))]
                : [];
        }

        return metrics;
    }

    private List<StudyOverride> Overrides(OrderedDictionary<string, JsonObject>[] axes)
    {
        List<StudyOverride> overrides = [];
        foreach (JsonNode? item in _root["overrides"] is { } list ? Items(list, "overrides", "overrides") : [])
        {
            string place = $"overrides[{overrides.Count}]";
            JsonObject entry = item as JsonObject ?? throw Fault(place, "expected an object with where and set.");
            RequireKnown(entry, place, ["where", "set"]);
            JsonObject where = Object(entry, "where", place) ?? throw Fault(place, "where is missing: which cells?");
            JsonObject set = Object(entry, "set", place) ?? throw Fault(place, "set is missing: which options?");
            overrides.Add(new StudyOverride(
                Names(where, $"{place}.where", axes), _options.Check(set, $"{place}.set")));
        }

        return overrides;
    }

    private List<CellNames> Skips(OrderedDictionary<string, JsonObject>[] axes)
    {
        List<CellNames> skips = [];
        foreach (JsonNode? item in _root["skip"] is { } list ? Items(list, "skip", "cells") : [])
        {
            string place = $"skip[{skips.Count}]";
            skips.Add(item is JsonObject { Count: > 0 } cells
                ? Names(cells, place, axes)
                : throw Fault(place, "expected an object that names cells, such as " +
                    "{\"model\": \"A\", \"task\": \"B\"}."));
        }

        return skips;
    }

    private CellNames Names(JsonObject names, string place, OrderedDictionary<string, JsonObject>[] axes)
    {
        RequireKnown(names, place, Axes);
        Dictionary<string, string> wanted = [];
        foreach ((string axis, JsonNode? name) in names)
        {
            string at = $"{place}.{axis}";
            wanted[axis] = Value<string>(name, at, $"the name of a {axis}");
            RequireOneOf(at, wanted[axis], axis, axes[Array.IndexOf(Axes, axis)].Keys);
        }

        return new CellNames(wanted);
    }

    private StudySearch? Choose(IReadOnlyList<long> studySeeds)
    {
        if (Object(_root, "choose", "") is not { } choose)
        {
            return null;
        }

        IReadOnlyList<long> seeds = Seeds(choose, "choose.seeds");
        if (seeds.Where(studySeeds.Contains).ToArray() is [long shared, ..])
        {
            throw Fault("choose.seeds",
                $"{shared} is a seed of the study as well; runs that choose must not be runs that count.");
        }

        List<JsonObject> candidates = [[]];
        foreach ((string name, JsonNode? values) in choose.Where(pair => pair.Key != "seeds"))
        {
            string place = $"choose.{name}";
            JsonObject[] options =
            [
                .. Items(values, place, "values to choose from")
                    .Select(value => _options.Check(new JsonObject { [name] = value?.DeepClone() }, "choose")),
            ];
            candidates = [.. candidates.SelectMany(_ => options, OptionsJson.Merge)];
        }

        return candidates.Count > 1
            ? new StudySearch(candidates, seeds)
            : throw Fault("choose", "name an option and at least two values, such as \"learning_rate\": [5e-5, 1e-4].");
    }

    private long[] Seeds(JsonObject holder, string place)
    {
        long[] seeds = [.. Items(holder["seeds"], place, "seeds").Select(s => Value<long>(s, place, "whole numbers"))];
        return seeds.GroupBy(seed => seed).FirstOrDefault(same => same.Count() > 1) is { } twice
            ? throw Fault(place, $"the seed {twice.Key} is there twice; a run repeated is no evidence.")
            : seeds;
    }

    private StudyKeep Keep()
    {
        string word = Text("keep") ?? "models";
        return word == "models" ? StudyKeep.Models
            : word == "results" ? StudyKeep.Results
            : throw Fault("keep", $"found '{word}'; expected models or results.");
    }

    private string? Text(string key) => _root[key] is { } value ? Value<string>(value, key, "text") : null;

    private JsonObject? Object(JsonObject holder, string key, string place) => !holder.ContainsKey(key)
        ? null
        : holder[key] as JsonObject
            ?? throw Fault(place.Length == 0 ? key : $"{place}.{key}", "expected an object in braces.");

    private JsonArray Items(JsonNode? list, string place, string what) => list is JsonArray { Count: > 0 } items
        ? items
        : throw Fault(place, $"expected a list of {what} with at least one entry, in brackets.");

    private T Value<T>(JsonNode? node, string place, string expected) =>
        node is JsonValue value && value.TryGetValue(out T? found)
            ? found
            : throw Fault(place, $"found {node?.ToJsonString() ?? "null"}; expected {expected}.");

    private void RequireKnown(JsonObject holder, string place, IReadOnlyList<string> known)
    {
        if (holder.Select(pair => pair.Key).FirstOrDefault(key => !known.Contains(key)) is { } unknown)
        {
            string at = place.Length == 0 ? unknown : $"{place}.{unknown}";
            throw Fault(at, $"{unknown} is unknown; {OptionsJson.Advice(unknown, known)}");
        }
    }

    private void RequireOneOf(string place, string name, string axis, IEnumerable<string> names)
    {
        if (!names.Contains(name))
        {
            throw Fault(place, $"there is no {axis} '{name}'; {OptionsJson.Advice(name, names)}");
        }
    }

    private StudyException Fault(string place, string problem) => new($"{_path}: {_places.Show(place)}: {problem}");
}
