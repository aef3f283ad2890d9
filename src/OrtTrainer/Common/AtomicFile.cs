using System.Text;

namespace OrtTrainer.Common;

/// <summary>
/// Writes a file completely or not at all: into a temporary file in the same folder, flushed to the disk, then renamed
/// over the old one. After a crash or a power cut at any moment, the path holds either the old content or the new.
/// </summary>
internal static class AtomicFile
{
    private const int BufferBytes = 1 << 16;

    // ERROR_DISK_FULL on Windows; ENOSPC and EDQUOT on Linux, where .NET puts the raw error number into HResult.
    private static readonly int[] DiskFullCodes = [unchecked((int)0x80070070), 28, 122];

    /// <summary>
    /// Lets <paramref name="write"/> fill a stream, then puts the result at <paramref name="path"/>.
    /// </summary>
    /// <exception cref="FileWriteException">The disk is full, the folder is missing or may not be written.</exception>
    /// <remarks>Other exceptions of <paramref name="write"/> come through; the old file stays then too.</remarks>
    public static void Write(string path, Action<Stream> write) => Write(path, null, write);

    /// <summary>
    /// As <see cref="Write(string, Action{Stream})"/>, and keeps the old file, if there is one, under another name in
    /// the same folder. A crash between the two renames leaves the old content under that name and nothing at
    /// <paramref name="path"/>.
    /// </summary>
    internal static void Write(string path, string? keepOldAs, Action<Stream> write)
    {
        var target = Path.GetFullPath(path);
        var partial = PartialPath(target);
        var renamed = false;
        try
        {
            using (var stream = new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.None, BufferBytes))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            if (keepOldAs is not null && File.Exists(target))
            {
                File.Move(target, keepOldAs, overwrite: true);
            }

            File.Move(partial, target, overwrite: true);
            renamed = true;
            DirectoryFlush.Flush(Path.GetDirectoryName(target)!);
        }
        catch (IOException e) when (DiskFullCodes.Contains(e.HResult))
        {
            throw new FileWriteException(target, "the disk is full", "Free some space and try again.", e);
        }
        catch (DirectoryNotFoundException e)
        {
            throw new FileWriteException(target, "there is no such folder", "Make it, or choose another.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FileWriteException(
                target, e.Message.TrimEnd('.'), "Check the folder, its rights and the disk.", e);
        }
        finally
        {
            if (!renamed)
            {
                DeleteIfThere(partial);
            }
        }
    }

    /// <summary>Writes UTF-8 text without a byte order mark.</summary>
    /// <inheritdoc cref="Write(string, Action{Stream})" path="/exception"/>
    public static void WriteText(string path, string text) =>
        Write(path, stream => stream.Write(new UTF8Encoding(false).GetBytes(text)));

    /// <summary>
    /// One fixed name per file: what a killed process left behind is overwritten by the next write, not collected.
    /// </summary>
    private static string PartialPath(string target) =>
        Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.partial");

    private static void DeleteIfThere(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The failure that brought us here is the one to report; the next write overwrites the leftover.
        }
    }
}
