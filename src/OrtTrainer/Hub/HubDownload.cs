using OrtTrainer.Common;

namespace OrtTrainer.Hub;

/// <summary>Brings what is missing of a model into the cache.</summary>
/// <param name="server">The hub.</param>
/// <param name="settings">Cache, server and token.</param>
/// <param name="watch">Told how far it is; null for nobody.</param>
/// <param name="cancellation">Stops; what is there stays to go on from.</param>
internal sealed class HubDownload(
    IHubServer server, HubSettings settings, IHubWatch? watch, CancellationToken cancellation)
{
    // ERROR_DISK_FULL on Windows; ENOSPC and EDQUOT on Linux, where .NET puts the raw error number into HResult.
    private static readonly int[] DiskFullCodes = [unchecked((int)0x80070070), 28, 122];

    /// <summary>Downloads what is not there yet.</summary>
    /// <returns>The folder of the model's files and its name at the commit.</returns>
    /// <exception cref="RunException">The model cannot be had, or what came is not what was listed.</exception>
    public (string Folder, HubName Pinned) Run(HubName model, HubContent content)
    {
        HubListing listing = server.List(model, settings, cancellation);
        IReadOnlyList<HubFile> files = HubChoice.Of(model, listing, content);
        HubCache cache = new(settings.Cache, model);
        HubName pinned = model.At(listing.Commit);
        HubFile[] missing = [.. files.Where(file => !cache.Has(listing.Commit, file))];
        try
        {
            Fetch(pinned, missing, cache);
            if (missing.Length > 0 || cache.Find(model.EffectiveRevision) != listing.Commit)
            {
                Enter(model.EffectiveRevision, listing.Commit, missing, cache);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            string reason = DiskFullCodes.Contains(e.HResult) ? "the disk is full" : e.Message;
            throw new RunException($"{model}: cannot be written to {settings.Cache}: {reason}. Free some space or set "
                + "HF_HOME to a folder elsewhere; the same command goes on where it stopped.", e);
        }

        return (cache.Snapshot(listing.Commit), pinned);
    }

    private void Fetch(HubName model, HubFile[] missing, HubCache cache)
    {
        HubFile[] toCome = [.. missing.Where(file => !cache.HasBlob(file)).DistinctBy(file => file.Hash)];
        long total = toCome.Sum(file => file.Size);
        RequireSpace(model, total);
        long before = 0;
        foreach (HubFile file in toCome)
        {
            Fetch(model, file, cache, here => Report(file.Path, before + here));
            before += file.Size;
        }

        if (toCome.Length > 0)
        {
            watch?.Report(new HubProgress(model, toCome[^1].Path, total, total, IsFinished: true));
        }

        void Report(string file, long done) =>
            watch?.Report(new HubProgress(model, file, done, total, IsFinished: false));
    }

    private void Fetch(HubName model, HubFile file, HubCache cache, Action<long> read)
    {
        string blob = cache.Blob(file);
        Directory.CreateDirectory(Path.GetDirectoryName(blob)!);
        using FileStream held = HubLock.Take(
            cache.Lock(file), () => watch?.Note($"another process downloads {file.Path}; waiting for it."),
            cancellation);
        if (cache.HasBlob(file))
        {
            return;
        }

        string incomplete = blob + ".incomplete";
        string? found;
        using (FileStream target = new(incomplete, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read))
        {
            if (target.Length > file.Size)
            {
                target.SetLength(0);
            }

            target.Seek(0, SeekOrigin.End);
            read(target.Length);
            if (target.Length < file.Size)
            {
                server.Append(model, file, target, settings, read, cancellation);
            }

            target.Flush(flushToDisk: true);
            target.Position = 0;
            found = target.Length != file.Size ? $"{target.Length} bytes, but {file.Size} are listed"
                : HubContentHash.Of(file, target) is var hash && hash != file.Hash
                    ? $"content with the hash {hash}, but {file.Hash} is listed"
                : null;
        }

        if (found is not null)
        {
            // A damaged beginning must not be gone on with.
            File.Delete(incomplete);
            throw new RunException($"{model}: the server sent {file.Path} as {found}. It was thrown away; try again, "
                + "and check the proxy and HF_ENDPOINT where it happens again.");
        }

        File.Move(incomplete, blob, overwrite: true);
    }

    /// <summary>Enters content that has come under its names; by one process at a time.</summary>
    private void Enter(string revision, string commit, HubFile[] files, HubCache cache)
    {
        using FileStream held = HubLock.Take(
            cache.EntryLock,
            () => watch?.Note("another process enters files into the cache; waiting for it."),
            cancellation);
        foreach (HubFile file in files)
        {
            cache.Link(commit, file);
        }

        cache.Keep(revision, commit);
    }

    private void RequireSpace(HubName model, long bytes)
    {
        Directory.CreateDirectory(settings.Cache);
        long free = new DriveInfo(settings.Cache).AvailableFreeSpace;
        if (bytes > free)
        {
            throw new RunException(
                FormattableString.Invariant($"{model}: {bytes / 1e6:0.0} MB are to be downloaded, but ")
                + FormattableString.Invariant($"{settings.Cache} has {free / 1e6:0.0} MB free. ")
                + "Free some space, or set HF_HOME to a folder on another disk.");
        }
    }
}
