using System.Text.Json.Nodes;

namespace OrtTrainer.Studies;

/// <summary>
/// A study as its file says it. Every value of an axis is a part of the options of a run, in the form of options.json,
/// with full paths.
/// </summary>
internal sealed record StudyFile
{
    /// <summary>The file, for messages.</summary>
    public required string Path { get; init; }

    /// <summary>The file's text, comments included.</summary>
    public required string Text { get; init; }

    public required string Name { get; init; }

    public required string Description { get; init; }

    public required string Baseline { get; init; }

    public required IReadOnlyList<long> Seeds { get; init; }

    public required JsonObject Defaults { get; init; }

    public required OrderedDictionary<string, JsonObject> Models { get; init; }

    public required OrderedDictionary<string, JsonObject> Initializations { get; init; }

    public required OrderedDictionary<string, JsonObject> Tasks { get; init; }

    public required OrderedDictionary<string, JsonObject> Methods { get; init; }

    public required OrderedDictionary<string, JsonObject> Teachers { get; init; }

    /// <summary>Models that the study trains to start from, each on data of its own.</summary>
    public required OrderedDictionary<string, JsonObject> Pretraining { get; init; }

    /// <summary>The metrics that each task asks for; empty for the one that is usual.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<string>> Metrics { get; init; }

    public required IReadOnlyList<StudyOverride> Overrides { get; init; }

    /// <summary>The cells that are left out of the grid.</summary>
    public required IReadOnlyList<CellNames> Skips { get; init; }

    /// <summary>What stays of a run that is done.</summary>
    public required StudyKeep Keep { get; init; }

    /// <summary>Null for a study that chooses no setting.</summary>
    public required StudySearch? Choose { get; init; }

    /// <summary>The files and folders that it names, with the place that names each.</summary>
    public required IReadOnlyList<(string Place, string Path)> Files { get; init; }

    /// <summary>Where things stand in the file.</summary>
    public required JsonPlaces Places { get; init; }

    /// <summary>What is wrong at a place of the file.</summary>
    public StudyException Fault(string place, string problem) => new($"{Path}: {Places.Show(place)}: {problem}");

    /// <summary>Checks that every file and folder named is there.</summary>
    /// <exception cref="StudyException">One is missing.</exception>
    public void RequireFiles()
    {
        foreach ((string place, string path) in Files)
        {
            if (!System.IO.Path.Exists(path))
            {
                throw Fault(place, $"{path} is not there; paths are relative to the study file's folder.");
            }
        }
    }
}
