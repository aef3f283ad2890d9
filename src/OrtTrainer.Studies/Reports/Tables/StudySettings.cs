using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Common;
using OrtTrainer.Reports;
using OrtTrainer.Runs;

namespace OrtTrainer.Studies.Reports.Tables;

/// <summary>
/// What the runs of a study were really told, from the options.json that each left in its folder: settings that all
/// share, and those in which methods or groups differ.
/// </summary>
internal sealed class StudySettings
{
    // They differ in every run, or are said elsewhere in the report.
    private static readonly string[] LeftOut = ["output", "seed"];

    // Beyond this, values that differ within a column would make the table too wide.
    private const int LongestList = 24;

    private readonly List<(StudyRun Run, Dictionary<string, string> Options)> _runs = [];
    private readonly List<string> _keys = [];

    private StudySettings()
    {
    }

    /// <summary>Reads the options of one run of every cell; runs whose file is not there are passed over.</summary>
    /// <param name="results">The study.</param>
    /// <param name="folder">Its folder.</param>
    /// <exception cref="RunException">A file is there and is no JSON.</exception>
    public static StudySettings Read(StudyResults results, string folder)
    {
        StudySettings settings = new();
        foreach (var cell in results.Runs.GroupBy(run => (run.Model, run.Initialization, run.Task, run.Method)))
        {
            foreach (StudyRun run in cell)
            {
                string file = RunFolder.OptionsFileOf(Path.Combine(folder, run.Folder));
                if (File.Exists(file))
                {
                    settings._runs.Add((run, Flat(file)));
                    break;
                }
            }
        }

        settings._keys.AddRange(settings._runs.SelectMany(run => run.Options.Keys).Distinct());
        return settings;
    }

    /// <summary>Whether any run of a task ends with the step that scored best on the evaluation data.</summary>
    public bool EndWithBest(string task) => _runs.Any(run => run.Run.Task == task
        && (Value(run.Options, "keep_best") == "true" || run.Options.ContainsKey("patience")));

    /// <summary>The folders of models that runs of a group learn from, by method.</summary>
    public IEnumerable<(string Method, string Folder)> Teachers(StudyGroup group) => _runs
        .Where(run => new StudyGroup(run.Run.Model, run.Run.Initialization, run.Run.Task) == group)
        .Where(run => run.Options.ContainsKey("teacher.model"))
        .Select(run => (run.Run.Method, run.Options["teacher.model"])).Distinct();

    /// <summary>Settings that are the same in all cells; null where no options were found.</summary>
    public ReportTable? Common()
    {
        IReadOnlyList<string>[] rows =
        [
            .. _keys.Where(IsCommon).Select(key => (string[])[key, Value(_runs[0].Options, key)]),
        ];
        return rows.Length == 0
            ? null
            : new ReportTable("Settings of all runs", ["setting", "value"], rows) { TextColumns = [1] };
    }

    /// <summary>Settings in which methods differ; null where there are none.</summary>
    public ReportTable? ByMethod() => Differing(
        "Settings in which methods differ", run => run.Method,
        others: run => (run.Model, run.Initialization, run.Task));

    /// <summary>Settings in which tasks, initializations or models differ; null where there are none.</summary>
    public ReportTable? ByGroup() => Differing(
        "Settings in which tasks, initializations or models differ",
        run => string.Join(", ", ((string[])[run.Task, run.Initialization, run.Model])), others: run => run.Method);

    private ReportTable? Differing<TOther>(string caption, Func<StudyRun, string> name, Func<StudyRun, TOther> others)
    {
        string[] names = [.. _runs.Select(run => name(run.Run)).Distinct()];
        List<IReadOnlyList<string>> rows = [];
        foreach (string key in _keys)
        {
            bool differs = _runs.GroupBy(run => others(run.Run))
                .Any(group => group.Select(run => Value(run.Options, key)).Distinct().Skip(1).Any());
            if (differs)
            {
                rows.Add([key, .. names.Select(own => Together(_runs.Where(run => name(run.Run) == own), key))]);
            }
        }

        return rows.Count == 0
            ? null
            : new ReportTable(caption, ["setting", .. names], rows)
            {
                TextColumns = [.. Enumerable.Range(1, names.Length)],
            };
    }

    private static string Together(IEnumerable<(StudyRun Run, Dictionary<string, string> Options)> runs, string key)
    {
        string[] values = [.. runs.Select(run => Value(run.Options, key)).Distinct()];
        string list = string.Join(" or ", values);
        return values.Length == 1 || list.Length <= LongestList ? list : $"{values.Length} values";
    }

    private bool IsCommon(string key) => _runs.Select(run => Value(run.Options, key)).Distinct().Count() == 1;

    private static string Value(Dictionary<string, string> options, string key) =>
        options.GetValueOrDefault(key, ReportFigures.None);

    private static Dictionary<string, string> Flat(string file)
    {
        try
        {
            Dictionary<string, string> values = [];
            Collect(JsonNode.Parse(File.ReadAllText(file)), "", values);
            return values;
        }
        catch (JsonException malformed)
        {
            throw new RunException($"{file}: this is no JSON: {malformed.Message} Run the study again.", malformed);
        }
    }

    private static void Collect(JsonNode? node, string path, Dictionary<string, string> values)
    {
        if (node is JsonObject parts)
        {
            foreach ((string key, JsonNode? value) in parts)
            {
                Collect(value, path.Length == 0 ? key : $"{path}.{key}", values);
            }
        }
        else if (node is not null && !LeftOut.Contains(path))
        {
            values[path] = node is JsonValue value && value.TryGetValue(out string? text) ? text : node.ToJsonString();
        }
    }
}
