namespace OrtTrainer.Common;

/// <summary>Files that are opened for one holder alone: the operating system's locks between processes.</summary>
internal static class HeldFile
{
    // What .NET puts into HResult where another process holds the lock: EWOULDBLOCK of Linux and of macOS, and the
    // sharing violation of Windows.
    private static readonly int[] HeldByOther = [11, 35, unchecked((int)0x80070020)];

    /// <summary>Whether a file could not be opened because somebody else has it open.</summary>
    public static bool IsHeldByOther(IOException failure) => HeldByOther.Contains(failure.HResult);

    /// <summary>Takes the lock; disposing of the stream gives it up and removes the file.</summary>
    /// <returns>Null where another process holds it.</returns>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static FileStream? TryTake(string path)
    {
        try
        {
            // The operating system gives the lock up when the process ends, however it ends; a file left behind locks
            // nothing.
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1,
                FileOptions.DeleteOnClose);
        }
        catch (IOException cause) when (IsHeldByOther(cause))
        {
            return null;
        }
    }
}
