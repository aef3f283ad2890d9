using System.Text.Json.Nodes;

namespace OrtTrainer.Data.Sources;

/// <summary>
/// The files of a data set as the Hugging Face Hub stores them, by split: as its card says, or by the names of files
/// and folders.
/// </summary>
internal static class HubFolder
{
    private const string Default = "default";
    private const string DataFolder = "data";

    private static readonly (string Split, string[] Words)[] Keywords =
    [
        ("train", ["train", "training"]),
        ("validation", ["validation", "valid", "dev", "val"]),
        ("test", ["test", "testing", "eval", "evaluation"]),
    ];

    private static readonly string[] NoData =
        ["config.json", "dataset_info.json", "dataset_infos.json", "dataset_dict.json", "state.json"];

    private static readonly char[] Separators = [.. "-._ 0123456789"];

    /// <summary>The files by split; empty where there are none.</summary>
    /// <exception cref="DataFileException">There are several configurations and none is chosen, or a file is
    /// missing.</exception>
    public static Dictionary<string, string[]> Splits(string folder, JsonObject? card, string? configuration)
    {
        JsonObject[] configurations = card?["configs"] is JsonArray list ? [.. list.OfType<JsonObject>()] : [];
        configurations = [.. configurations.Where(item => item["data_files"] is not null)];
        if (configurations.Length == 0)
        {
            return ByName(configuration is null ? folder : Path.Combine(folder, configuration));
        }

        JsonObject chosen = Chosen(folder, configurations, configuration);
        Dictionary<string, string[]> splits = [];
        foreach ((string split, string[] patterns) in Patterns(chosen["data_files"]!))
        {
            splits[split] = [.. patterns.SelectMany(pattern => Matched(folder, pattern))];
        }

        return splits;
    }

    /// <summary>The names of the configurations: those of the card, else of the folders.</summary>
    public static IEnumerable<string> Configurations(string folder, JsonObject? card) =>
        card?["configs"] is JsonArray list
            ? list.OfType<JsonObject>().Select(NameOf)
            : Directory.EnumerateDirectories(folder).Select(path => Path.GetFileName(path)!)
                .Where(name => name != DataFolder && SplitOf(name) is null);

    /// <summary>The features that the card tells.</summary>
    public static DatasetFeatures Features(JsonObject? card, string? configuration) => card?["dataset_info"] switch
    {
        JsonObject one => DatasetFeatures.OfCard(one["features"]),
        JsonArray several => DatasetFeatures.OfCard(several.OfType<JsonObject>()
            .FirstOrDefault(info => info["config_name"]?.ToString() == (configuration ?? Default)
                || several.Count == 1)?["features"]),
        _ => DatasetFeatures.None,
    };

    private static JsonObject Chosen(string folder, JsonObject[] configurations, string? name)
    {
        JsonObject? chosen = name is not null
            ? Array.Find(configurations, item => NameOf(item) == name)
            : configurations.Length == 1 ? configurations[0]
            : Array.Find(configurations, item => item[Default]?.ToString() == "true" || NameOf(item) == Default);
        string known = string.Join(", ", configurations.Select(NameOf));
        return chosen ?? throw new DataFileException(
            folder, null, name is null
                ? $"the data set has several configurations, {known}; choose one, such as "
                    + $"{folder}:{NameOf(configurations[0])}."
                : $"the data set has no configuration and no split '{name}'. Configurations: {known}.");
    }

    private static string NameOf(JsonObject configuration) => configuration["config_name"]?.ToString() ?? Default;

    // A path, a list of them, paths by split, or a list of splits with their paths.
    private static IEnumerable<(string Split, string[] Patterns)> Patterns(JsonNode files) => files switch
    {
        JsonArray list when list.All(item => item is JsonObject) =>
            list.Select(item => (item!["split"]?.ToString() ?? "train", Paths(item["path"]))),
        JsonObject splits => splits.Select(split => (split.Key, Paths(split.Value))),
        _ => [("train", Paths(files))],
    };

    private static string[] Paths(JsonNode? node) => node switch
    {
        JsonArray list => [.. list.Select(item => item!.ToString())],
        null => [],
        _ => [node.ToString()],
    };

    private static string[] Matched(string folder, string pattern)
    {
        string path = Path.Combine(folder, pattern);
        string[] files = FilePattern.Is(pattern) ? FilePattern.Files(path) : File.Exists(path) ? [path] : [];
        return files.Length > 0
            ? files
            : throw new DataFileException(
                folder, null, $"its card names the files {pattern}, of which there are none. Download them.");
    }

    private static Dictionary<string, string[]> ByName(string folder)
    {
        string[] files = [.. FilePattern.Files(Path.Combine(folder, "**")).Where(IsData)];
        string[] Parts(string file) => Path.GetRelativePath(folder, file).Replace('\\', '/').Split('/');
        string[] folders =
        [
            .. files.Select(Parts).Where(parts => parts.Length > 1).Select(parts => parts[0])
                .Where(name => name != DataFolder && SplitOf(name) is null).Distinct(),
        ];
        if (folders.Length > 1)
        {
            throw new DataFileException(
                folder, null, $"the data set has several configurations, {string.Join(", ", folders)}; choose one, "
                + $"such as {Path.Combine(folder, folders[0])}.");
        }

        // A split's name in the path of some files makes those without it no part of the data.
        (string? Split, string File)[] named = [.. files.Select(file => (SplitOf(Parts(file)), file))];
        (string Split, string File)[] kept =
        [
            .. named.All(file => file.Split is null)
                ? named.Select(file => ("train", file.File))
                : named.Where(file => file.Split is not null).Select(file => (file.Split!, file.File)),
        ];
        return Keywords.Select(keyword => keyword.Split).Union(kept.Select(file => file.Split))
            .Select(split => (split, files: kept.Where(file => file.Split == split).Select(f => f.File).ToArray()))
            .Where(split => split.files.Length > 0)
            .ToDictionary(split => split.split, split => split.files);
    }

    private static bool IsData(string file) =>
        !NoData.Contains(Path.GetFileName(file)) && TableReader.KnownFormat(file) is not null;

    private static string? SplitOf(string[] parts) => Sharded(parts[^1]) ?? parts.Reverse()
        .Select(SplitOf).FirstOrDefault(split => split is not null);

    // NAME-00000-of-00002.parquet: the name is the split's, whatever it is.
    private static string? Sharded(string name)
    {
        int of = name.IndexOf("-of-", StringComparison.Ordinal);
        return of > 6 && name.AsSpan(of - 5, 5).IndexOfAnyExceptInRange('0', '9') < 0 && name[of - 6] == '-'
            ? SplitOf(name[..(of - 6)]) ?? name[..(of - 6)]
            : null;
    }

    private static string? SplitOf(string name)
    {
        string[] words = name.Split(Separators, StringSplitOptions.RemoveEmptyEntries);
        return Array.Find(Keywords, keyword => words.Any(word => keyword.Words.Contains(word))).Split;
    }
}
