using OrtTrainer.Common;

namespace OrtTrainer.Hub;

/// <summary>
/// The lock on content that is downloaded, held by one process at a time. On Unix it is flock, which Python's filelock
/// takes as well. The file stays: who removed it could take it from under another's lock.
/// </summary>
internal static class HubLock
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits until the lock is free and takes it.</summary>
    /// <param name="path">Its file.</param>
    /// <param name="waits">Called once where another holds it.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public static FileStream Take(string path, Action waits, CancellationToken cancellation)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        for (bool told = false; ; told = true)
        {
            try
            {
                return new FileStream(
                    path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
            }
            catch (IOException held) when (HeldFile.IsHeldByOther(held))
            {
                if (!told)
                {
                    waits();
                }

                cancellation.WaitHandle.WaitOne(Pause);
                cancellation.ThrowIfCancellationRequested();
            }
        }
    }
}
