using System.Security.Cryptography;
using System.Text;

namespace OrtTrainer.Teachers;

/// <summary>
/// SHA-256 over the names and bytes of files: equal for a folder that was copied, different once a bit of it changes.
/// Files are read anew each time, in pieces: sizes and dates are no proof that bytes are the same.
/// </summary>
internal static class FileHash
{
    private const int BufferBytes = 1 << 20;

    /// <summary>64 hexadecimal digits.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static string Of(IEnumerable<string> files, CancellationToken cancellation)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[BufferBytes];
        foreach (string path in files)
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
            hash.AppendData(Encoding.UTF8.GetBytes($"{Path.GetFileName(path)}\0{file.Length}\0"));
            for (int read; (read = file.Read(buffer)) > 0;)
            {
                cancellation.ThrowIfCancellationRequested();
                hash.AppendData(buffer, 0, read);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
