namespace OrtTrainer.Cli.Rendering;

/// <summary>Paths as a person would type them here.</summary>
internal static class ShownPath
{
    /// <summary>Relative where it lies below the current folder, else in full; quoted where a shell needs it.</summary>
    public static string Of(string path)
    {
        string relative = Path.GetRelativePath(Environment.CurrentDirectory, path);
        string shown = relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
        return shown.Contains(' ') ? $"\"{shown}\"" : shown;
    }
}
