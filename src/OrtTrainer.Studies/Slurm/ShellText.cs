namespace OrtTrainer.Studies.Slurm;

/// <summary>Text as a word of a plain sh script.</summary>
internal static class ShellText
{
    /// <summary>In single quotes, within which nothing has a meaning to the shell.</summary>
    public static string Quoted(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>On one line, for a comment.</summary>
    public static string OneLine(string text) => string.Join(' ',
        text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
