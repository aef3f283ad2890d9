using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace OrtTrainer.Studies.Slurm;

/// <summary>The folder <c>slurm</c> of a study: a folder for each job array that was ever submitted.</summary>
internal sealed class JobArrays
{
    private readonly string _folder;
    private readonly string _prefix;
    private int _last;

    /// <param name="study">Full path of the study's folder.</param>
    public JobArrays(string study)
    {
        Study = study;
        _folder = Path.Combine(study, "slurm");

        // Two studies in folders of one name must not take each other's jobs for their own.
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(study)))[..8];
        _prefix = $"{Slug.Of(Path.GetFileName(study))}-{hash}";
        _last = Numbers().DefaultIfEmpty().Max();
    }

    /// <summary>Full path of the study's folder.</summary>
    public string Study { get; }

    /// <summary>All arrays, oldest first; those left out whose folder was not finished.</summary>
    public IReadOnlyList<JobArray> Read() =>
        [.. Numbers().Order().Select(number => JobArray.Read(FolderOf(number), NameOf(number))).OfType<JobArray>()];

    /// <summary>Makes the folder of a new array.</summary>
    /// <param name="runs">What its jobs do.</param>
    /// <param name="threads">Threads of each run.</param>
    public JobArray Add(IReadOnlyList<PlannedRun> runs, int threads)
    {
        _last++;
        return JobArray.Make(FolderOf(_last), NameOf(_last), runs, threads);
    }

    private string FolderOf(int number) => Path.Combine(_folder, $"array-{number:0000}");

    private string NameOf(int number) => $"{_prefix}.{number}";

    private IEnumerable<int> Numbers() => !Directory.Exists(_folder)
        ? []
        : Directory.EnumerateDirectories(_folder, "array-*")
            .Select(path => int.TryParse(Path.GetFileName(path)["array-".Length..], NumberStyles.None,
                CultureInfo.InvariantCulture, out int number) ? number : 0)
            .Where(number => number > 0);
}
