namespace OrtTrainer.Runs;

/// <summary>Files that are opened for one holder alone: the operating system's locks between processes.</summary>
internal static class HeldFile
{
    // What .NET puts into HResult where another process holds the lock: EWOULDBLOCK of Linux and of macOS, and the
    // sharing violation of Windows.
    private static readonly int[] HeldByOther = [11, 35, unchecked((int)0x80070020)];

    /// <summary>Whether a file could not be opened because somebody else has it open.</summary>
    public static bool IsHeldByOther(IOException failure) => HeldByOther.Contains(failure.HResult);
}
