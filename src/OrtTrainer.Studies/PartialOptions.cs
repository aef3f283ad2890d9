using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Common;
using OrtTrainer.Data.Sources;
using OrtTrainer.Hub;
using OrtTrainer.Options;

namespace OrtTrainer.Studies;

/// <summary>
/// Checks a part of the options of a run as a study file has it: its names, its values one by one, and its paths, which
/// it makes full.
/// </summary>
/// <param name="folder">What paths are relative to.</param>
/// <param name="fault">Makes the exception for a place and a problem.</param>
internal sealed class PartialOptions(string folder, Func<string, string, Exception> fault)
{
    /// <summary>A model that the study trains is named by this and its name.</summary>
    public const char OwnMark = '@';

    private const string CachePath = "teacher.cache";

    private static readonly string[] Paths =
        ["model", "data.train", "data.eval", "data.test", "teacher.model", "teacher.logits", CachePath];

    // Laid under a part, so that it can be read on its own.
    private static readonly JsonObject Filling = new()
    {
        ["model"] = "-",
        ["output"] = "-",
        ["data"] = new JsonObject { ["train"] = "-" },
    };

    private static readonly Dictionary<string, string> DecidedElsewhere = new()
    {
        ["output"] = "every run of a study has a folder of its own below --out",
        ["seed"] = "the seeds of all runs stand under seeds",
        ["threads"] = "--threads and --jobs decide it",
        ["metric"] = "list metrics under the task; the first decides",
    };

    private readonly List<(string Place, string Path)> _files = [];

    /// <summary>The files named so far.</summary>
    public IReadOnlyList<(string Place, string Path)> Files => _files;

    /// <summary>The part with full paths.</summary>
    /// <param name="options">The part.</param>
    /// <param name="place">Where it stands in the study file.</param>
    /// <param name="mayHaveSeed">Whether it is of a single run, whose seed it may say.</param>
    public JsonObject Check(JsonObject options, string place, bool mayHaveSeed = false)
    {
        foreach ((string name, string reason) in DecidedElsewhere)
        {
            if (options.ContainsKey(name) && !(mayHaveSeed && name == "seed"))
            {
                throw fault($"{place}.{name}", $"{name} cannot be set here: {reason}.");
            }
        }

        options = (JsonObject)options.DeepClone();
        OptionsJson.JoinFiles(options);
        if (OptionsForm.FindFault(options) is ({ } at, { } problem))
        {
            throw fault($"{place}.{at}", $"{at} {problem}");
        }

        JsonObject full = (JsonObject)options.DeepClone();
        foreach (string path in Paths)
        {
            MakeFull(full, path, place);
        }

        CheckValues(full, place);
        return full;
    }

    private void MakeFull(JsonObject options, string path, string place)
    {
        string[] names = path.Split('.');
        JsonObject? holder = names.Length == 1 ? options : options[names[0]] as JsonObject;
        if (holder?[names[^1]] is not JsonValue value || !value.TryGetValue(out string? text)
            || text.Length == 0 || text[0] == OwnMark || HubModels.IsWord(text))
        {
            return;
        }

        bool isData = names[0] == "data";
        string full = isData ? DataFiles.FullPaths(text, folder) : Path.GetFullPath(text, folder);
        holder[names[^1]] = full;
        if (path != CachePath)
        {
            _files.AddRange((isData ? DataFiles.Places(full) : [full]).Select(file => ($"{place}.{path}", file)));
        }
    }

    /// <summary>
    /// Reads settings of methods other than the one named here, which another part of the study may name, and takes
    /// them out.
    /// </summary>
    private static void CheckIdleParts(JsonObject options)
    {
        foreach (string key in OptionsJson.FindIdle(options, OptionsJson.MethodOf(options)))
        {
            JsonObject alone = OptionsJson.Merge(Filling, new JsonObject
            {
                ["method"] = key,
                [key] = options[key]!.DeepClone(),
            });
            _ = alone.Deserialize<FineTuneOptions>(RunJson.Options);
            options.Remove(key);
        }
    }

    private void CheckValues(JsonObject options, string place)
    {
        try
        {
            JsonObject whole = OptionsJson.Merge(Filling, options);
            CheckIdleParts(whole);
            _ = whole.Deserialize<FineTuneOptions>(RunJson.Options);
        }
        catch (JsonException malformed)
        {
            string at = malformed.Path is { Length: > 2 } path ? $"{place}.{path[2..]}" : place;
            throw fault(at, malformed.Message.Split(" Path: ")[0]);
        }
        catch (ArgumentException refused)
        {
            // The message starts with the name of the property.
            string reason = refused.Message.Split('\n')[0].Split(" (Parameter ")[0].Trim();
            string name = JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.Split(' ')[0]);
            throw fault(options.ContainsKey(name) ? $"{place}.{name}" : place, reason);
        }
    }
}
