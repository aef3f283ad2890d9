using System.Security.Cryptography;
using System.Text;
using OrtTrainer.Common;

namespace OrtTrainer.RunReports;

/// <summary>
/// README.md of an exported model, as the Hugging Face Hub reads it: a head in YAML with what the model is and scores,
/// and words and code for people. A file that somebody has edited is left as it is.
/// </summary>
internal static class ModelCard
{
    /// <summary>The file's name in the model's folder.</summary>
    public const string FileName = "README.md";

    // Tells whether the file is still as it was written.
    private const string DigestName = "readme.sha256";

    /// <summary>Writes the card.</summary>
    /// <param name="results">The run.</param>
    /// <param name="folder">The model's folder.</param>
    /// <returns>Why it was not written; null where it was.</returns>
    /// <exception cref="IOException">It cannot be written; an old one stays.</exception>
    public static string? Write(RunResults results, string folder)
    {
        string path = Path.Combine(folder, FileName);
        string digest = Path.Combine(Runs.RunFolder.RunPathOf(folder), DigestName);
        if (File.Exists(path) && !(File.Exists(digest) && File.ReadAllText(digest).Trim() == DigestOf(path)))
        {
            return $"{path} was edited and stays as it is; the model card was not written.";
        }

        AtomicFile.WriteText(path, ModelCardText.Of(results, folder));
        AtomicFile.WriteText(digest, DigestOf(path) + "\n");
        return null;
    }

    private static string DigestOf(string path) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(File.ReadAllText(path))));
}
