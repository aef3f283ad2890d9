using Microsoft.Win32.SafeHandles;

namespace OrtTrainer.Checkpoints;

/// <summary>
/// The bytes of one weight file, read at any offset by any thread. Offsets are checked against the file's length, so
/// that a number from a damaged file never becomes an allocation or a read beyond the end.
/// </summary>
internal sealed class CheckpointBytes : IDisposable
{
    private readonly SafeFileHandle _handle;

    private CheckpointBytes(string path, SafeFileHandle handle)
    {
        Path = path;
        _handle = handle;
        Length = RandomAccess.GetLength(handle);
    }

    /// <summary>Full path.</summary>
    public string Path { get; }

    /// <summary>The file's length when it was opened.</summary>
    public long Length { get; }

    /// <exception cref="CheckpointException">The file is absent or may not be read.</exception>
    public static CheckpointBytes Open(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        SafeFileHandle? handle = null;
        try
        {
            // Delete is shared so that an atomic replacement of the file does not fail while it is being read.
            handle = File.OpenHandle(full, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            return new CheckpointBytes(full, handle);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CheckpointException(
                full, null, "no such file", "a readable file", "Check the path.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            handle?.Dispose();
            throw new CheckpointException(
                full, null, e.Message, "a readable file", "Check the path and its rights.", e);
        }
    }

    /// <summary>
    /// Fills <paramref name="destination"/> from <paramref name="offset"/>; <paramref name="part"/> says what it is,
    /// for the message.
    /// </summary>
    /// <exception cref="CheckpointException">The file ends before that.</exception>
    public void Read(long offset, Span<byte> destination, string part)
    {
        if (offset < 0 || destination.Length > Length - offset)
        {
            throw Truncated(offset, destination.Length, part);
        }

        while (destination.Length > 0)
        {
            int count;
            try
            {
                count = RandomAccess.Read(_handle, destination, offset);
            }
            catch (IOException e)
            {
                throw new CheckpointException(
                    Path, part, $"a read error at byte {offset} ({e.Message})", "readable bytes",
                    "Check the disk and copy the file again.", e);
            }

            if (count == 0)
            {
                throw Truncated(offset, destination.Length, part);
            }

            offset += count;
            destination = destination[count..];
        }
    }

    public void Dispose() => _handle.Dispose();

    private CheckpointException Truncated(long offset, long count, string part) =>
        new(
            Path, part, $"the file's end at byte {Length}", $"{count} bytes from byte {offset}",
            "The file is truncated or damaged: download or copy it again.");
}
