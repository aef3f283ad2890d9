using OrtTrainer.Common;

namespace OrtTrainer.Export;

/// <summary>
/// Files on their way into a folder. They are written into a hidden folder inside it, which is on the same file
/// system by construction, and moved into place when all are complete: a failure before that leaves everything as it
/// was.
/// </summary>
internal sealed class StagedFolder : IDisposable
{
    private const string StagingName = ".export.partial";

    private readonly string _target;
    private readonly bool _created;
    private bool _published;

    /// <exception cref="FileWriteException">The folder cannot be made or written.</exception>
    public StagedFolder(string target)
    {
        _target = System.IO.Path.GetFullPath(target);
        _created = !Directory.Exists(_target);
        Path = System.IO.Path.Combine(_target, StagingName);
        Guarded(() =>
        {
            DeleteIfThere(Path);
            Directory.CreateDirectory(Path);
        });
    }

    /// <summary>Where to write.</summary>
    public string Path { get; }

    /// <summary>
    /// Moves every staged file into the folder, subfolders included, over what was there, and deletes files that no
    /// longer belong.
    /// </summary>
    /// <param name="owned">Paths below the folder that an export may consist of: those not staged this time
    /// go.</param>
    /// <returns>The full paths of the files, in ordinal order.</returns>
    /// <exception cref="FileWriteException">A file cannot be moved or deleted.</exception>
    public IReadOnlyList<string> Publish(IEnumerable<string> owned)
    {
        string[] names =
        [
            .. Directory.GetFiles(Path, "*", SearchOption.AllDirectories)
                .Select(file => System.IO.Path.GetRelativePath(Path, file)).Order(StringComparer.Ordinal),
        ];
        Guarded(() =>
        {
            foreach (string name in names)
            {
                Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Target(name))!);
                File.Move(System.IO.Path.Combine(Path, name), Target(name), overwrite: true);
            }

            foreach (string name in owned.Except(names).Where(name => File.Exists(Target(name))))
            {
                File.Delete(Target(name));
            }
        });
        _published = true;
        return [.. names.Select(Target)];
    }

    public void Dispose()
    {
        try
        {
            DeleteIfThere(Path);
            if (_created && !_published && Directory.Exists(_target))
            {
                Directory.Delete(_target);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The failure that brought us here is the one to report; the next export clears the leftover.
        }
    }

    private string Target(string name) => System.IO.Path.Combine(_target, name);

    private static void DeleteIfThere(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private void Guarded(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FileWriteException(_target, e.Message, "Check the folder, its rights and the disk.", e);
        }
    }
}
