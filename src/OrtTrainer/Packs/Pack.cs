using System.Security.Cryptography;
using System.Text.Json;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Compilation;

namespace OrtTrainer.Packs;

/// <summary>A pack, each of whose files is the one that its pack.json speaks of.</summary>
internal sealed class Pack
{
    private const string Renew = "Copy the pack again, or write it anew with orttrainer pack.";

    private Pack(string folder, PackManifest manifest, CompiledGraphs graphs) =>
        (Folder, Manifest, Graphs) = (folder, manifest, graphs);

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>What is said of it.</summary>
    public PackManifest Manifest { get; }

    /// <summary>The graphs.</summary>
    public CompiledGraphs Graphs { get; }

    /// <summary>The file of the weights.</summary>
    public string Weights => Path.Combine(Folder, PackWriter.WeightsName);

    /// <summary>Opens a folder and checks every file but the programs.</summary>
    /// <param name="folder">What <see cref="PackWriter.Write"/> wrote.</param>
    /// <exception cref="CheckpointException">pack.json is missing, malformed or of another version, or a file is
    /// missing or another than it says.</exception>
    public static Pack Open(string folder)
    {
        string path = Path.GetFullPath(Path.Combine(folder, PackManifest.FileName));
        PackManifest manifest = Read(path);
        if (manifest.Format != PackManifest.FormatName || manifest.Version != PackManifest.CurrentVersion)
        {
            throw new CheckpointException(
                path, "format and version", $"{CheckpointException.Quote(manifest.Format)} {manifest.Version}",
                $"\"{PackManifest.FormatName}\" {PackManifest.CurrentVersion}", Renew);
        }

        string full = Path.GetDirectoryName(path)!;
        foreach (PackFile file in manifest.Files.Where(file => file.Kind != PackFile.Runner))
        {
            RequireSame(full, file);
        }

        return new(full, manifest, CompiledGraphs.Open(full));
    }

    /// <summary>A hash of all that a training of the pack depends on.</summary>
    public string Fingerprint => string.Join(
        ' ', Manifest.Files.Where(file => file.Kind != PackFile.Runner).Select(file => file.Sha256));

    private static PackManifest Read(string path)
    {
        using CheckpointBytes bytes = CheckpointBytes.Open(path);
        byte[] json = new byte[bytes.Length];
        bytes.Read(0, json, "pack");
        try
        {
            return JsonSerializer.Deserialize<PackManifest>(json, RunJson.Options)
                ?? throw new JsonException("it is null");
        }
        catch (JsonException malformed)
        {
            throw new CheckpointException(
                path, null, $"JSON that describes no pack of this version ({malformed.Message})",
                $"{PackManifest.FormatName} {PackManifest.CurrentVersion}", Renew, malformed);
        }
    }

    private static void RequireSame(string folder, PackFile file)
    {
        string path = Path.GetFullPath(Path.Combine(folder, file.File));
        if (!path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw new CheckpointException(
                Path.Combine(folder, PackManifest.FileName), "files", CheckpointException.Quote(file.File),
                "a path below the folder", Renew);
        }

        using CheckpointBytes bytes = CheckpointBytes.Open(path);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] piece = new byte[1 << 20];
        for (long at = 0; at < bytes.Length; at += piece.Length)
        {
            Span<byte> next = piece.AsSpan(0, (int)Math.Min(piece.Length, bytes.Length - at));
            bytes.Read(at, next, file.Kind);
            hash.AppendData(next);
        }

        string found = Convert.ToHexStringLower(hash.GetHashAndReset());
        if (found != file.Sha256)
        {
            throw new CheckpointException(
                path, null, $"{bytes.Length} bytes with SHA-256 {found}",
                $"{file.Bytes} with {file.Sha256}, as {PackManifest.FileName} says", Renew);
        }
    }
}
