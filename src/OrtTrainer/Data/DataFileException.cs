using OrtTrainer.Common;

namespace OrtTrainer.Data;

/// <summary>
/// A data file that cannot be used as it is. The message starts with the file and, where one is to blame, the line.
/// </summary>
public sealed class DataFileException : OrtTrainerException
{
    /// <param name="file">The file as the user named it.</param>
    /// <param name="line">The 1-based line to blame, or null where the whole file is.</param>
    /// <param name="problem">What was found, what was expected and what to do.</param>
    /// <param name="cause">What a parser threw, if anything.</param>
    internal DataFileException(string file, int? line, string problem, Exception? cause = null)
        : base(line is null ? $"{file}: {problem}" : $"{file}, {Place(file)} {line}: {problem}", cause)
    {
        File = file;
        Line = line;
    }

    /// <summary>The file as the user named it.</summary>
    public string File { get; }

    /// <summary>The 1-based line to blame, a row of a Parquet or Arrow file, or null where the whole file
    /// is.</summary>
    public int? Line { get; }

    // Tables of columns have no lines.
    private static string Place(string file) =>
        Path.GetExtension(file).ToLowerInvariant() is ".parquet" or ".arrow" ? "row" : "line";
}
