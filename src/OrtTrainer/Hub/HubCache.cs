using OrtTrainer.Common;

namespace OrtTrainer.Hub;

/// <summary>
/// The folder of a model in the cache that all tools for the hub share: <c>models--owner--name</c> with <c>blobs</c>
/// by hash, <c>refs</c> from branches to commits, and <c>snapshots</c> by commit, whose files are links to blobs.
/// https://huggingface.co/docs/hub/local-cache
/// </summary>
/// <param name="root">The folder of all models.</param>
/// <param name="model">The model.</param>
internal sealed class HubCache(string root, HubName model)
{
    private const string FolderPrefix = "models--";
    private const string SnapshotsName = "snapshots";

    private readonly string _folderName = FolderPrefix + model.Repository.Replace("/", "--");

    private string Folder => Path.Combine(root, _folderName);

    /// <summary>The folder of the model's files at a commit.</summary>
    public string Snapshot(string commit) => Path.Combine(Folder, SnapshotsName, commit);

    /// <summary>Where the content with a hash lies.</summary>
    public string Blob(HubFile file) => Path.Combine(Folder, "blobs", file.Hash);

    /// <summary>What is locked while the content with a hash is downloaded.</summary>
    public string Lock(HubFile file) => LockNamed(file.Hash);

    /// <summary>What is locked while links and what a revision stands for are written.</summary>
    public string EntryLock => LockNamed(SnapshotsName);

    /// <summary>The commit that a revision stood for when it was last looked up; null where it never was.</summary>
    public string? Find(string revision)
    {
        if (HubName.IsCommit(revision))
        {
            return revision;
        }

        string reference = Reference(revision);
        return File.Exists(reference) && File.ReadAllText(reference).Trim() is var commit && HubName.IsCommit(commit)
            ? commit
            : null;
    }

    /// <summary>Keeps which commit a revision stands for.</summary>
    public void Keep(string revision, string commit)
    {
        if (HubName.IsCommit(revision) || Find(revision) == commit)
        {
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Reference(revision))!);
        AtomicFile.WriteText(Reference(revision), commit);
    }

    /// <summary>Whether a file of a commit is there with its size.</summary>
    public bool Has(string commit, HubFile file) => IsWhole(Pointer(commit, file), file);

    /// <summary>Whether content is there with its size; its hash was checked when it was put there.</summary>
    public bool HasBlob(HubFile file) => IsWhole(Blob(file), file);

    /// <summary>
    /// Puts content under its name in the snapshot: as a relative link; where links are not possible, the blob itself.
    /// </summary>
    public void Link(string commit, HubFile file)
    {
        string pointer = Pointer(commit, file);
        Directory.CreateDirectory(Path.GetDirectoryName(pointer)!);
        if (IsWhole(pointer, file))
        {
            return;
        }

        File.Delete(pointer);
        try
        {
            File.CreateSymbolicLink(pointer, Path.GetRelativePath(Path.GetDirectoryName(pointer)!, Blob(file)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            if (IsWhole(pointer, file))
            {
                // Another process was faster.
                return;
            }

            // Windows without the right to make links, and file systems without links.
            File.Copy(Blob(file), pointer, overwrite: true);
        }
    }

    /// <summary>The model whose snapshot a folder is; null for other folders.</summary>
    public static HubName? ModelOf(string folder)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        string? above = Path.GetDirectoryName(full);
        string owner = Path.GetFileName(Path.GetDirectoryName(above)) ?? "";
        string commit = Path.GetFileName(full);
        return Path.GetFileName(above) == SnapshotsName && HubName.IsCommit(commit)
            && owner.StartsWith(FolderPrefix, StringComparison.Ordinal)
            ? new HubName(owner[FolderPrefix.Length..].Replace("--", "/"), commit)
            : null;
    }

    private string LockNamed(string name) => Path.Combine(root, ".locks", _folderName, name + ".lock");

    private string Pointer(string commit, HubFile file) =>
        Path.Combine([Snapshot(commit), .. file.Path.Split('/')]);

    private string Reference(string revision) => Path.Combine([Folder, "refs", .. revision.Split('/')]);

    private static bool IsWhole(string path, HubFile file)
    {
        try
        {
            // Of a link, the length of what it leads to.
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 1);
            return stream.Length == file.Size;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }
}
