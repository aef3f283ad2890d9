using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Common;

namespace OrtTrainer.Studies.Tuning;

/// <summary>The folder of a search: <c>tune.json</c>, what is known, runs in <c>trials</c> and <c>confirm</c>, the best
/// model in <c>best</c>. Locked while a search writes to it.</summary>
internal sealed class TuneFolder : IDisposable
{
    private readonly FileStream _lock;

    private TuneFolder(string path, FileStream held) => (Path, _lock) = (path, held);

    public string Path { get; }

    public string Database => Full("results.sqlite");

    public string BestModel => Full("best");

    public string BestOptions => Full("best.json");

    private string SearchFile => Full("tune.json");

    private string StateFile => Full("state.json");

    /// <summary>Takes the folder, which is made where it is not there.</summary>
    /// <exception cref="StudyException">It holds something else, a search is writing to it, or it cannot be
    /// written.</exception>
    public static TuneFolder Take(string path)
    {
        string full = System.IO.Path.GetFullPath(path);
        try
        {
            if (File.Exists(full) || (Directory.Exists(full)
                && !File.Exists(System.IO.Path.Combine(full, "tune.lock"))
                && !File.Exists(System.IO.Path.Combine(full, "tune.json"))
                && Directory.EnumerateFileSystemEntries(full).Any()))
            {
                throw new StudyException(
                    $"{full}: the output folder is not empty and holds no search. Choose another --out.");
            }

            Directory.CreateDirectory(full);
            return new TuneFolder(full, HeldFile.TryTake(System.IO.Path.Combine(full, "tune.lock"))
                ?? throw new StudyException(
                    $"{full}: another search is writing to this folder. Wait for it, or choose another --out."));
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new StudyException($"{full}: the output folder cannot be written: {cause.Message}", cause);
        }
    }

    /// <summary>Keeps what is searched, or makes sure that it is the same.</summary>
    /// <exception cref="StudyException">The folder holds another search.</exception>
    public void Keep(TuneFile file)
    {
        JsonObject now = file.ToJson();
        if (File.Exists(SearchFile))
        {
            if (!JsonNode.DeepEquals(Read<JsonObject>(SearchFile), now))
            {
                throw new StudyException(
                    $"{Path}: this folder holds a search with other settings, metric or seed. Restore "
                    + $"{file.Origin}, or choose another --out.");
            }

            return;
        }

        AtomicFile.WriteText(SearchFile, now.ToJsonString(RunJson.Indented));
    }

    /// <summary>What is known; nothing at the first start.</summary>
    public TuneState ReadState() => File.Exists(StateFile) ? Read<TuneState>(StateFile) : new TuneState();

    public void WriteState(TuneState state) =>
        AtomicFile.WriteText(StateFile, JsonSerializer.Serialize(state, RunJson.Indented));

    /// <summary>The full path of a folder or file of the search.</summary>
    public string Full(string relative) => System.IO.Path.GetFullPath(relative, Path);

    /// <summary>Puts the exported model of a run into <see cref="BestModel"/>, whole or not at all.</summary>
    public void KeepModel(string run)
    {
        string partial = Full(".best.partial");
        Remove(partial);
        foreach (string file in Directory.EnumerateFiles(run, "*", SearchOption.AllDirectories))
        {
            string relative = System.IO.Path.GetRelativePath(run, file);
            if (relative.Split(System.IO.Path.DirectorySeparatorChar)[0] != "run")
            {
                string target = System.IO.Path.Combine(partial, relative);
                Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
                File.Copy(file, target);
            }
        }

        Remove(BestModel);
        Directory.Move(partial, BestModel);
    }

    /// <summary>Gives the folder up.</summary>
    public void Dispose() => _lock.Dispose();

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static T Read<T>(string file)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllText(file), RunJson.Options)
                ?? throw new JsonException("It is null.");
        }
        catch (JsonException malformed)
        {
            throw new StudyException(
                $"{file}: not the file of a search: {malformed.Message} Restore it, or choose another --out.",
                malformed);
        }
    }
}
