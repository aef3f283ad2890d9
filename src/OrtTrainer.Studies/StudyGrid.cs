using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Common;
using OrtTrainer.Methods;
using OrtTrainer.Options;
using OrtTrainer.Tasks;

namespace OrtTrainer.Studies;

/// <summary>
/// Makes the cells of a study: lays defaults, model, initialization, task, method, overrides and chosen settings over
/// one another, the later ones winning.
/// </summary>
internal sealed partial class StudyGrid
{
    // A study compares with plain fine-tuning, so that is what a cell is unless it says otherwise.
    private static readonly JsonObject PlainFineTuning = new()
    {
        ["method"] = JsonSerializer.SerializeToNode(FineTuneMethod.FineTune, RunJson.Options),
    };

    private readonly StudyFile _file;
    private readonly string _output;
    private readonly IReadOnlyDictionary<string, JsonObject> _chosen;

    /// <param name="file">The study.</param>
    /// <param name="output">Full path of the study's folder.</param>
    /// <param name="chosen">Settings chosen, by the name of the cell.</param>
    public StudyGrid(StudyFile file, string output, IReadOnlyDictionary<string, JsonObject> chosen) =>
        (_file, _output, _chosen) = (file, output, chosen);

    /// <summary>All cells but those that the study leaves out.</summary>
    /// <exception cref="StudyException">None is left, two are the same, or options make no run.</exception>
    public IReadOnlyList<StudyCell> Cells()
    {
        StudyCell[] cells =
        [
            .. from model in _file.Models.Keys
               from initialization in _file.Initializations.Keys
               from task in _file.Tasks.Keys
               from method in _file.Methods.Keys
               let names = new Dictionary<string, string>
               {
                   ["model"] = model,
                   ["initialization"] = initialization,
                   ["task"] = task,
                   ["method"] = method,
               }
               where !_file.Skips.Any(skipped => skipped.Have(names))
               select Cell(names),
        ];
        if (cells.Length == 0)
        {
            throw _file.Fault("skip", "every cell of the grid is left out; leave some in.");
        }

        RequireOneDataSetPerTask(cells);
        if (_chosen.Count == 0)
        {
            // Two cells that end up with the same chosen settings are a finding, not a mistake.
            RequireDistinct(cells);
        }

        return cells;
    }

    /// <summary>The runs that choose settings for each cell; none where the study asks for no choice.</summary>
    public IReadOnlyList<CellSearch> Searches(IReadOnlyList<StudyCell> cells) => _file.Choose is { } search
        ? [.. cells.Select(cell => new CellSearch(
            cell, [.. search.Candidates.Select(candidate => Candidate(cell, candidate, search.Seeds))]))]
        : [];

    private StudyCell Cell(Dictionary<string, string> names)
    {
        (string model, string initialization, string task, string method) =
            (names["model"], names["initialization"], names["task"], names["method"]);
        string name = $"{model} / {initialization} / {task} / {method}";
        JsonObject[] layers =
        [
            _file.Defaults, _file.Models[model], _file.Initializations[initialization], _file.Tasks[task],
            _file.Methods[method], .. _file.Overrides.Where(o => o.Where.Have(names)).Select(o => o.Set),
            .. _chosen.TryGetValue(name, out JsonObject? settings) ? new[] { settings } : [],
        ];
        JsonObject merged = layers.Aggregate(PlainFineTuning, OptionsJson.Merge);
        RequireParts(_file.Methods[method], merged, $"methods.{method}");
        PlannedRun? start = TakeStart(merged);
        PlannedRun? teacher = TakeTeacher(merged, task, method);
        string folder = $"runs/{string.Join('.', names.Values.Select(Slug.Of))}";
        (FineTuneOptions options, IReadOnlyList<string> metrics) = Resolve(merged, _file.Metrics[task], $"cell {name}");
        return new StudyCell
        {
            Model = model,
            Initialization = initialization,
            Task = task,
            Method = method,
            Options = options,
            Metrics = metrics,
            Runs = Runs(name, folder, options, _file.Seeds, start, teacher),
        };
    }

    private PlannedRun[] Runs(
        string label, string folder, FineTuneOptions options, IReadOnlyList<long> seeds, PlannedRun? start,
        PlannedRun? teacher) =>
    [
        .. seeds.Select(seed => Run(
            $"{label}, seed {seed}", $"{folder}/seed-{seed}", options with { Seed = seed }, start, teacher)),
    ];

    private PlannedRun Run(
        string label, string folder, FineTuneOptions options, PlannedRun? start, PlannedRun? teacher = null) =>
        new(label, folder, options with { Output = Path.GetFullPath(folder, _output) })
        {
            Start = start,
            Teacher = teacher,
        };

    private CellCandidate Candidate(StudyCell cell, JsonObject settings, IReadOnlyList<long> seeds)
    {
        JsonObject merged = OptionsJson.Merge(cell.Options.ToJson(), settings);
        DropIdle(merged);
        FineTuneOptions options = merged.Deserialize<FineTuneOptions>(RunJson.Options)!;
        if (options.Data is { Test: null, Eval: null })
        {
            throw _file.Fault("choose", $"task {cell.Task} has neither eval nor test data of its own: what chose the " +
                "settings would also give the score. Give it a file for one of them.");
        }

        // Runs that choose never see the data that score: with test data they choose by the evaluation data, without
        // by a part of the training data.
        DataOptions data =
            options.Data with { Test = null, Eval = options.Data.Test is null ? null : options.Data.Eval };
        string tried = StudySearch.Text(settings);
        string folder = $"choices/{Path.GetFileName(Path.GetDirectoryName(cell.Runs[0].Folder))}/" +
            Slug.Of(string.Join(' ', settings.Select(value => $"{value.Key} {value.Value?.ToJsonString()}")));
        return new CellCandidate(settings, Runs(
            $"{cell.Name}, trying {tried}", folder, options with { Data = data }, seeds, cell.Runs[0].Start,
            cell.Runs[0].Teacher));
    }

    /// <summary>The options in full and the metrics, the first of which decides.</summary>
    /// <param name="merged">The options.</param>
    /// <param name="wanted">The metrics asked for; none for the usual one.</param>
    /// <param name="what">What the options are for.</param>
    private (FineTuneOptions Options, IReadOnlyList<string> Metrics) Resolve(
        JsonObject merged, IReadOnlyList<string> wanted, string what)
    {
        if (merged["model"] is null || merged["data"]?["train"] is null)
        {
            string missing = merged["model"] is null ? "model" : "data.train";
            throw new StudyException($"{_file.Path}: {what}: {missing} is missing; none of its parts names it.");
        }

        merged["output"] = _output;
        DropIdle(merged);
        try
        {
            if (wanted.Count > 0)
            {
                merged["metric"] = wanted[0];
            }

            FineTuneOptions options = merged.Deserialize<FineTuneOptions>(RunJson.Options)!.Resolve();
            string[] metrics = [.. wanted.Select(name => options.Data.Task.FindMetric(name).Name).Distinct()];
            return metrics.Length > 0 || options.Metric is not null
                ? (options, metrics.Length > 0 ? metrics : [options.Metric!])
                : throw new ArgumentException($"the data decide which metric {options.Data.Task} has; name one of "
                    + $"{string.Join(", ", options.Data.Task.Metrics)}.");
        }
        catch (Exception refused) when (refused is ArgumentException or JsonException or RunException)
        {
            string reason = refused.Message.Split('\n')[0].Split(" (Parameter ")[0];
            throw new StudyException($"{_file.Path}: {what}: {reason}", refused);
        }
    }

    /// <summary>Refuses settings of a method that an entry has, but the run it is for has not.</summary>
    private void RequireParts(JsonObject entry, JsonObject merged, string place)
    {
        FineTuneMethod method = OptionsJson.MethodOf(merged);
        if (OptionsJson.FindIdle(entry, method) is [{ } idle, ..])
        {
            throw _file.Fault($"{place}.{idle}", OptionsJson.Idle(idle, method));
        }
    }

    /// <summary>Takes out what defaults say of methods that this cell does not have.</summary>
    private static void DropIdle(JsonObject merged)
    {
        foreach (string idle in OptionsJson.FindIdle(merged, OptionsJson.MethodOf(merged)))
        {
            merged.Remove(idle);
        }
    }

    private void RequireDistinct(IEnumerable<StudyCell> cells)
    {
        Dictionary<string, StudyCell> seen = [];
        foreach (StudyCell cell in cells)
        {
            string key = cell.Options.ToJson().ToJsonString(RunJson.Options);
            if (!seen.TryAdd(key, cell))
            {
                throw new StudyException($"{_file.Path}: the cells {seen[key].Name} and {cell.Name} have the same " +
                    "options under two names; one result would count twice. Change one or leave it out.");
            }
        }
    }

    private void RequireOneDataSetPerTask(IEnumerable<StudyCell> cells)
    {
        foreach (IGrouping<string, StudyCell> task in cells.GroupBy(cell => cell.Task))
        {
            if (task.FirstOrDefault(cell => Scored(cell.Options.Data) != Scored(task.First().Options.Data)) is { } odd)
            {
                throw new StudyException($"{_file.Path}: the cells {task.First().Name} and {odd.Name} are scored on " +
                    "different data; give the data of a task under tasks only.");
            }
        }
    }

    private static (string?, string?, ModelTask, double, ulong) Scored(DataOptions data) =>
        (data.Eval, data.Test, data.Task, data.Eval is null ? data.EvalFraction : 0, data.SplitSeed);
}
