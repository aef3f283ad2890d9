using OrtTrainer.Checkpoints;
using OrtTrainer.Common;

namespace OrtTrainer.Runs;

/// <summary>
/// The folder of a run: the exported model at its top, the run's own files in <c>run</c>. Locked while a run writes to
/// it, so that two runs cannot mix their files.
/// </summary>
internal sealed class RunFolder : IDisposable
{
    private readonly FileStream _lock;

    private RunFolder(string path, FileStream held)
    {
        Path = path;
        _lock = held;
    }

    /// <summary>The folder of the exported model.</summary>
    public string Path { get; }

    /// <summary>The folder of the run's own files.</summary>
    public string RunPath => RunPathOf(Path);

    public string OptionsFile => OptionsFileOf(Path);

    public string MetricsFile => System.IO.Path.Combine(RunPath, "metrics.jsonl");

    public string SummaryFile => SummaryFileOf(Path);

    /// <summary>The resolved options of the run in a folder.</summary>
    public static string OptionsFileOf(string output) => System.IO.Path.Combine(
        RunPathOf(output), ModelFolder.RunOptionsName);

    /// <summary>The summary of the run in a folder.</summary>
    public static string SummaryFileOf(string output) => System.IO.Path.Combine(RunPathOf(output), "summary.json");

    /// <summary>Checks, before long preparations, that a new run can have the folder; nothing is written.</summary>
    /// <exception cref="RunException">Another run is writing there, or it holds something already.</exception>
    public static void RequireFree(string path)
    {
        string full = System.IO.Path.GetFullPath(path);
        if (!File.Exists(full) && !(Directory.Exists(full) && Directory.EnumerateFileSystemEntries(full).Any()))
        {
            return;
        }

        if (!File.Exists(OptionsFileOf(full)))
        {
            string found = File.Exists(full) ? "a file is where the output folder shall be"
                : "the output folder is not empty";
            throw new RunException($"{full}: {found}. Choose another --out, or remove it.");
        }

        Lock(full).Dispose();
        throw new RunException(
            $"{full}: the output folder is not empty. It holds a run: go on with it by --resume {path}, or choose " +
            "another --out, or remove it.");
    }

    /// <summary>Takes the folder for a new run.</summary>
    /// <inheritdoc cref="RequireFree" path="/exception"/>
    public static RunFolder Create(string path)
    {
        RequireFree(path);
        string full = System.IO.Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(RunPathOf(full));
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new RunException(
                $"{full}: the output folder cannot be made: {cause.Message} Choose another --out.", cause);
        }

        return Lock(full);
    }

    /// <summary>Takes the folder of a run that was interrupted.</summary>
    /// <exception cref="RunException">There is no run, or it is still being written.</exception>
    public static RunFolder Open(string path)
    {
        string full = System.IO.Path.GetFullPath(path);
        return File.Exists(OptionsFileOf(full))
            ? Lock(full)
            : throw new RunException($"{full}: there is no run to resume; {OptionsFileOf(full)} is missing. " +
                "Give the folder that an earlier finetune had as --out.");
    }

    /// <summary>Gives the folder up.</summary>
    public void Dispose() => _lock.Dispose();

    public static string RunPathOf(string output) => System.IO.Path.Combine(output, ModelFolder.RunName);

    private static RunFolder Lock(string path)
    {
        string file = System.IO.Path.Combine(RunPathOf(path), "lock");
        try
        {
            return new(path, HeldFile.TryTake(file) ?? throw new RunException(
                $"{path}: another run is writing to this folder. Wait for it, or choose another --out."));
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new RunException(
                $"{path}: the output folder cannot be written: {cause.Message} Check its rights and the disk.", cause);
        }
    }
}
