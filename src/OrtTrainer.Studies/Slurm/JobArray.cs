using System.Globalization;
using System.Text.Json;
using OrtTrainer.Common;

namespace OrtTrainer.Studies.Slurm;

/// <summary>
/// The folder of a job array: <c>job.sh</c>, <c>runs.tsv</c>, <c>job-id</c> once it is submitted, and for every run N
/// <c>run-N.json</c> (its options, for the job) with <c>run-N.state.json</c> and <c>run-N.log</c> (of the job).
/// </summary>
internal sealed class JobArray
{
    private JobArray(string path, string jobName, IReadOnlyList<string> runs) =>
        (Path, JobName, Runs) = (path, jobName, runs);

    public string Path { get; }

    /// <summary>The name of its jobs, which no other array has: by it they are found again.</summary>
    public string JobName { get; }

    /// <summary>The folders of its runs, relative to the study's, by their number.</summary>
    public IReadOnlyList<string> Runs { get; }

    public string Script => System.IO.Path.Combine(Path, "job.sh");

    /// <summary>The cluster's number of the array; null before it is submitted.</summary>
    public string? Id => File.Exists(IdFile) ? File.ReadAllText(IdFile).Trim() : null;

    private string IdFile => System.IO.Path.Combine(Path, "job-id");

    private static string List(string path) => System.IO.Path.Combine(path, "runs.tsv");

    /// <summary>Makes the folder with everything that its jobs read but the script.</summary>
    /// <param name="path">Full path of the folder, which is not there yet.</param>
    /// <param name="jobName">The name of its jobs.</param>
    /// <param name="runs">What they do.</param>
    /// <param name="threads">Threads of each run.</param>
    public static JobArray Make(string path, string jobName, IReadOnlyList<PlannedRun> runs, int threads)
    {
        Directory.CreateDirectory(path);
        JobArray array = new(path, jobName, [.. runs.Select(run => run.Folder)]);
        for (int i = 0; i < runs.Count; i++)
        {
            AtomicFile.WriteText(
                array.OptionsFile(i),
                JsonSerializer.Serialize(runs[i].Options with { Threads = threads }, RunJson.Indented));
        }

        AtomicFile.WriteText(List(path), "run\tfolder\twhat\n" + string.Concat(runs.Select((run, i) =>
            $"{i.ToString(CultureInfo.InvariantCulture)}\t{run.Folder}\t{run.Label.Replace('\t', ' ')}\n")));
        return array;
    }

    /// <summary>Reads a folder; null for one that was not finished.</summary>
    public static JobArray? Read(string path, string jobName) => !File.Exists(List(path))
        ? null
        : new JobArray(path, jobName, [.. File.ReadLines(List(path)).Skip(1).Select(line => line.Split('\t')[1])]);

    public void WriteId(string id) => AtomicFile.WriteText(IdFile, id + "\n");

    /// <summary>The options of a run, for its job.</summary>
    public string OptionsFile(int run) => System.IO.Path.Combine(Path, $"run-{run}.json");

    /// <summary>How far a run is, from its job.</summary>
    public string StateFile(int run) => StateFileOf(OptionsFile(run));

    /// <summary>What the job of a run printed.</summary>
    /// <param name="run">The number of the run, or what sbatch puts it in place of.</param>
    public string LogFile(string run) => System.IO.Path.Combine(Path, $"run-{run}.log");

    /// <summary>Where the job that is given these options says how far it is.</summary>
    public static string StateFileOf(string optionsFile) => System.IO.Path.ChangeExtension(optionsFile, ".state.json");
}
