using System.Text.Json;
using OrtTrainer.Common;

namespace OrtTrainer.Studies;

/// <summary>
/// The folder of a study: <c>study.json</c>, tables and reports at its top, runs in <c>runs</c>, <c>teachers</c> and
/// <c>choices</c>. Locked while a study writes to it.
/// </summary>
internal sealed class StudyFolder : IDisposable
{
    private readonly FileStream _lock;

    private StudyFolder(string path, FileStream held) => (Path, _lock) = (path, held);

    public string Path { get; }

    public string Database => System.IO.Path.Combine(Path, "results.sqlite");

    /// <summary>What came out of every run, equal to the byte for equal studies.</summary>
    public string ResultsTable => System.IO.Path.Combine(Path, "results.csv");

    /// <summary>What every run took.</summary>
    public string CostsTable => System.IO.Path.Combine(Path, "costs.csv");

    private string StudyFile => System.IO.Path.Combine(Path, "study.json");

    private string OriginFile => System.IO.Path.Combine(Path, "study.origin.json");

    /// <summary>Takes the folder, which is made where it is not there.</summary>
    /// <exception cref="StudyException">Another study is writing to it, it holds something else, or it cannot be
    /// written.</exception>
    public static StudyFolder Take(string path)
    {
        string full = System.IO.Path.GetFullPath(path);
        try
        {
            if (File.Exists(full) || (Directory.Exists(full) && !IsStudy(full)
                && Directory.EnumerateFileSystemEntries(full).Any()))
            {
                throw new StudyException(
                    $"{full}: the output folder is not empty and holds no study. Choose another --out.");
            }

            Directory.CreateDirectory(full);
            return new StudyFolder(full, HeldFile.TryTake(System.IO.Path.Combine(full, "study.lock"))
                ?? throw new StudyException(
                    $"{full}: another study is writing to this folder. Wait for it, or choose another --out."));
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new StudyException($"{full}: the output folder cannot be written: {cause.Message}", cause);
        }
    }

    /// <summary>Whether a folder holds a study, finished or not.</summary>
    public static bool IsStudy(string path) => File.Exists(System.IO.Path.Combine(path, "study.json"))
        || File.Exists(System.IO.Path.Combine(path, "study.lock"));

    /// <summary>The study that was started here; null before the first start.</summary>
    /// <exception cref="StudyException">Its file is damaged.</exception>
    public StudyFile? ReadStudy() => !File.Exists(StudyFile) || !File.Exists(OriginFile)
        ? null
        : StudyFileReader.Read(StudyFile, StudyRunFolder.ReadText(OriginFile));

    /// <summary>Keeps the study file with the folder that its paths are relative to.</summary>
    /// <param name="study">The study.</param>
    /// <param name="origin">Full path of the folder.</param>
    public void WriteStudy(StudyFile study, string origin)
    {
        AtomicFile.WriteText(OriginFile, JsonSerializer.Serialize(origin, RunJson.Options));
        AtomicFile.WriteText(StudyFile, study.Text);
    }

    /// <summary>The full path of a folder or file of the study.</summary>
    public string Full(string relative) => System.IO.Path.GetFullPath(relative, Path);

    /// <summary>Gives the folder up.</summary>
    public void Dispose() => _lock.Dispose();
}
