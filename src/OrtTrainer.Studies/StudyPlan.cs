using System.Text.Json.Nodes;

namespace OrtTrainer.Studies;

/// <summary>
/// All cells and runs of a study, in an order that the study file alone decides: model, initialization, task, method,
/// seed.
/// </summary>
internal sealed class StudyPlan
{
    private readonly StudyFile _file;
    private readonly string _output;

    private StudyPlan(StudyFile file, string output, IReadOnlyDictionary<string, JsonObject> chosen)
    {
        _file = file;
        _output = output;
        StudyGrid grid = new(file, output, chosen);
        Cells = grid.Cells();
        (Starts, Teachers) = (grid.Starts, grid.Teachers);
        Searches = chosen.Count > 0 ? [] : grid.Searches(Cells);
    }

    public IReadOnlyList<StudyCell> Cells { get; }

    /// <summary>The runs of the cells.</summary>
    public IEnumerable<PlannedRun> Runs => Cells.SelectMany(cell => cell.Runs);

    /// <summary>The pre-trained models that cells and teachers refer to, to be trained before all others.</summary>
    public IReadOnlyList<PlannedRun> Starts { get; }

    /// <summary>The teachers that cells refer to, one per task and teacher, to be trained before the cells.</summary>
    public IReadOnlyList<PlannedRun> Teachers { get; }

    /// <summary>Everything that is run, in the order of its beginning.</summary>
    public IEnumerable<PlannedRun> AllRuns => [.. Starts, .. Teachers, .. ChoosingRuns, .. Runs];

    /// <summary>Runs that choose settings, to be done before those of the cells.</summary>
    public IEnumerable<PlannedRun> ChoosingRuns =>
        Searches.SelectMany(search => search.Candidates).SelectMany(candidate => candidate.Runs);

    /// <summary>The choices to be made; none in a plan in which they are made.</summary>
    internal IReadOnlyList<CellSearch> Searches { get; }

    internal StudyFile File => _file;

    /// <summary>Plans a study; nothing is written and no data are read.</summary>
    /// <param name="file">The study file.</param>
    /// <param name="output">The study's folder.</param>
    /// <exception cref="StudyException">The file cannot be read, names what is not there, or makes no sensible
    /// grid.</exception>
    public static StudyPlan Read(string file, string output)
    {
        StudyFile read = StudyFileReader.Read(file);
        read.RequireFiles();
        return Of(read, output);
    }

    internal static StudyPlan Of(StudyFile file, string output) =>
        new(file, Path.GetFullPath(output), new Dictionary<string, JsonObject>());

    /// <summary>The plan once settings are chosen.</summary>
    /// <param name="chosen">By the name of the cell.</param>
    internal StudyPlan With(IReadOnlyDictionary<string, JsonObject> chosen) => new(_file, _output, chosen);

    /// <summary>The study with these runs.</summary>
    /// <param name="runs">The runs of the cells, in the plan's order.</param>
    /// <param name="choices">The settings chosen.</param>
    internal StudyResults Results(IReadOnlyList<StudyRun> runs, IReadOnlyList<StudyChoice> choices) => new()
    {
        Name = _file.Name,
        Description = _file.Description,
        Baseline = _file.Baseline,
        Runs = runs,
        Models = [.. _file.Models.Keys],
        Initializations = [.. _file.Initializations.Keys],
        Methods = [.. _file.Methods.Keys],
        Seeds = _file.Seeds,
        Tasks =
        [
            .. Cells.DistinctBy(cell => cell.Task)
                .Select(cell => new StudyTask(cell.Task, cell.Metrics, cell.Options.Data.Test is not null)),
        ],
        Choices = choices,
    };
}
