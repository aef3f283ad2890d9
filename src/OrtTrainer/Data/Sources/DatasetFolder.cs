using System.Text.Json;
using System.Text.Json.Nodes;

namespace OrtTrainer.Data.Sources;

/// <summary>
/// A data set in a folder, as Hugging Face's datasets save it (Arrow files with state.json and dataset_info.json, and
/// dataset_dict.json above several splits) or as the Hub stores it (files named by their split, and a card with
/// configurations and features).
/// </summary>
internal sealed class DatasetFolder
{
    private const string Dictionary = "dataset_dict.json";
    private const string State = "state.json";
    private const string Info = "dataset_info.json";
    private const string Card = "README.md";
    private const string Train = "train";

    private readonly Dictionary<string, DataFile[]> _splits;

    private DatasetFolder(string path, Dictionary<string, DataFile[]> splits) => (Path, _splits) = (path, splits);

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The names of the splits in the order that the data set says them.</summary>
    public IReadOnlyCollection<string> Splits => _splits.Keys;

    /// <summary>The files of a split; null where there is no such split.</summary>
    public IReadOnlyList<DataFile>? FilesOf(string split) => _splits.GetValueOrDefault(split);

    /// <summary>Reads what is in a folder.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="configuration">Which of several configurations; null for the one there is, or the default.</param>
    /// <exception cref="DataFileException">There is no data in it, or it has several configurations.</exception>
    public static DatasetFolder Open(string path, string? configuration = null)
    {
        if (File.Exists(In(path, Dictionary)))
        {
            string[] names = Guarded(In(path, Dictionary), json =>
                json["splits"]!.AsArray().Select(name => name!.ToString()).ToArray());
            return new(path, names.ToDictionary(name => name, name => Saved(In(path, name))));
        }

        if (File.Exists(In(path, State)))
        {
            string? split = Guarded(In(path, State), json => json["_split"]?.ToString());
            return new(path, new() { [split ?? Train] = Saved(path) });
        }

        JsonObject? card = FormatLibraries.CardOf(In(path, Card));
        Dictionary<string, string[]> files = HubFolder.Splits(path, card, configuration);
        DatasetFeatures features = HubFolder.Features(card, configuration);
        return files.Count > 0
            ? new(path, files.ToDictionary(
                split => split.Key, split => split.Value.Select(file => new DataFile(file, features)).ToArray()))
            : throw new DataFileException(
                path, null, "this folder has no data in it; expected one that datasets saved (save_to_disk), one as "
                + $"the Hugging Face Hub stores it, or files of the formats {TableReader.KnownExtensions}.");
    }

    /// <summary>Whether a data set has a configuration of this name.</summary>
    public static bool HasConfiguration(string path, string name) =>
        HubFolder.Configurations(path, FormatLibraries.CardOf(In(path, Card))).Contains(name);

    /// <summary>The files of a split that was saved.</summary>
    private static DataFile[] Saved(string folder)
    {
        DatasetFeatures features = File.Exists(In(folder, Info))
            ? Guarded(In(folder, Info), json => DatasetFeatures.OfJson(json["features"]))
            : DatasetFeatures.None;
        if (!File.Exists(In(folder, State)))
        {
            throw new DataFileException(
                folder, null, $"{State} is missing; expected a split as datasets save it. Save the data set again.");
        }

        return Guarded(In(folder, State), json =>
        {
            if (json["_indices_files"] is JsonArray { Count: > 0 }
                || json["_indices_data_files"] is JsonArray { Count: > 0 })
            {
                throw new DataFileException(
                    folder, null, "the rows are chosen by a file of indices, as older versions of datasets saved them. "
                    + "Call flatten_indices() before save_to_disk.");
            }

            return json["_data_files"]!.AsArray()
                .Select(file => new DataFile(In(folder, file!["filename"]!.ToString()), features)).ToArray();
        });
    }

    private static string In(string folder, string name) => System.IO.Path.Combine(folder, name);

    private static T Guarded<T>(string file, Func<JsonNode, T> read)
    {
        try
        {
            return read(JsonNode.Parse(File.ReadAllText(file))!);
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException
            or NullReferenceException or IOException or UnauthorizedAccessException)
        {
            throw new DataFileException(
                file, null, $"this is not as datasets write it: {malformed.Message} Save the data set again.",
                malformed);
        }
    }
}
