using System.Security.Cryptography;
using System.Text;

namespace OrtTrainer.Hub;

/// <summary>Hashes of content as the hub keeps them.</summary>
internal static class HubContentHash
{
    /// <summary>The hash of a file's content that is compared with <see cref="HubFile.Hash"/>: SHA-256, or the SHA-1 of
    /// a git blob, which is that of <c>blob LENGTH\0</c> and the content.</summary>
    public static string Of(HubFile file, Stream content)
    {
        using var hash = IncrementalHash.CreateHash(file.HasSha256 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA1);
        if (!file.HasSha256)
        {
            hash.AppendData(Encoding.ASCII.GetBytes($"blob {content.Length}\0"));
        }

        byte[] buffer = new byte[1 << 18];
        for (int read; (read = content.Read(buffer)) > 0;)
        {
            hash.AppendData(buffer.AsSpan(0, read));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
