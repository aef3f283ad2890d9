using System.Text.Json;

namespace OrtTrainer.Cli.Inspection;

/// <summary>Whether a study's own file can be read.</summary>
/// <param name="folder">The study's folder.</param>
internal sealed class StudyFolderCheck(string folder)
{
    /// <summary>What is wrong with it, and what to do; null where nothing is.</summary>
    public string? Problem
    {
        get
        {
            string file = Path.Combine(folder, "study.json");
            if (!File.Exists(file))
            {
                return null;
            }

            try
            {
                using JsonDocument read = JsonDocument.Parse(
                    File.ReadAllText(file),
                    new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
                return null;
            }
            catch (JsonException malformed)
            {
                return $"{file}: is no JSON ({malformed.Message}). Put the study's file there again.";
            }
        }
    }
}
