using System.Text.RegularExpressions;
using OrtTrainer.Common;

namespace OrtTrainer.Hub;

/// <summary>A file of a model on a hub.</summary>
/// <param name="Path">Its name, with its folders before it and forward slashes.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Hash">SHA-256 of a large file, 64 digits; of others git's SHA-1, 40 digits.</param>
internal sealed partial record HubFile(string Path, long Size, string Hash)
{
    /// <summary>Whether the hash is of the content alone, as large files have it.</summary>
    public bool HasSha256 => Hash.Length == 64;

    /// <summary>
    /// Refuses what would leave the model's folder, or a hash that is none: both become names of files here.
    /// </summary>
    /// <exception cref="RunException">The server gave such a name or hash.</exception>
    public HubFile Checked(HubName model) =>
        !SafePath().IsMatch(Path) || Path.Split('/').Any(part => part is "." or "..")
            ? throw new RunException($"{model}: the server lists a file named '{Path}', which may lead out of the "
                + "model's folder. Nothing was written. Check HF_ENDPOINT, and do not trust this server.")
        : !HashPattern().IsMatch(Hash) || Size < 0
            ? throw new RunException($"{model}: the server gives no size and hash for {Path}, against which a "
                + "download is checked. Nothing was written. Check HF_ENDPOINT: a mirror must answer as the hub does.")
        : this;

    [GeneratedRegex(@"\A[^/\\:\x00-\x1f\x7f]+(?:/[^/\\:\x00-\x1f\x7f]+)*\z")]
    private static partial Regex SafePath();

    [GeneratedRegex(@"\A(?:[0-9a-f]{40}|[0-9a-f]{64})\z")]
    private static partial Regex HashPattern();
}
