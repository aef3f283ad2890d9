using System.Runtime.InteropServices;

namespace OrtTrainer.Common;

/// <summary>
/// Makes a rename durable. On Linux and macOS the new name lives in the folder, which has to be flushed itself; .NET
/// has no call for that. On Windows NTFS journals renames and nothing is done.
/// </summary>
internal static partial class DirectoryFlush
{
    /// <summary>
    /// Flushes where the system allows it; some network file systems refuse, which only costs durability.
    /// </summary>
    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = Open(folder, 0);
        if (descriptor >= 0)
        {
            _ = Fsync(descriptor);
            _ = Close(descriptor);
        }
    }

    // Flag 0 is O_RDONLY on every Unix.
    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
