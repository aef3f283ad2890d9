using OrtTrainer.Common;

namespace OrtTrainer.Teachers;

/// <summary>
/// Lets one of several processes compute while the others wait. The operating system gives the lock up when its holder
/// ends, however it ends. The empty file stays: removing it could give the same lock to two processes, one by the old
/// file and one by a new one.
/// </summary>
internal static class CacheLock
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>Waits until nobody else holds the lock; disposing gives it up.</summary>
    /// <param name="path">The file that stands for it.</param>
    /// <param name="waiting">Called once, if somebody else has it.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="IOException">The file cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The file cannot be made.</exception>
    public static IDisposable Take(string path, Action waiting, CancellationToken cancellation)
    {
        TimeSpan pause = TimeSpan.FromMilliseconds(20);
        for (bool first = true; ; first = false)
        {
            try
            {
                return new FileStream(
                    path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
            }
            catch (IOException cause) when (HeldFile.IsHeldByOther(cause))
            {
                if (first)
                {
                    waiting();
                }
            }

            cancellation.WaitHandle.WaitOne(pause);
            cancellation.ThrowIfCancellationRequested();
            pause = pause + pause < LongestPause ? pause + pause : LongestPause;
        }
    }
}
