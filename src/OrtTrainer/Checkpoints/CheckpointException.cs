using OrtTrainer.Common;

namespace OrtTrainer.Checkpoints;

/// <summary>
/// A model folder, weight file, configuration or run checkpoint that cannot be used. The message says which file and
/// which part of it, what was found there, what was expected, and what to do next.
/// </summary>
public sealed class CheckpointException : OrtTrainerException
{
    private const int LongestQuote = 120;

    internal CheckpointException(
        string file, string? part, string found, string expected, string nextStep, Exception? inner = null)
        : base(Describe(file, part, found, expected, nextStep), inner)
    {
        File = file;
        Part = part;
        Found = found;
        Expected = expected;
        NextStep = nextStep;
    }

    /// <summary>Full path of the file or folder.</summary>
    public string File { get; }

    /// <summary>The tensor, field or place within the file; null where the file as a whole is meant.</summary>
    public string? Part { get; }

    /// <summary>What was found there.</summary>
    public string Found { get; }

    /// <summary>What can be used.</summary>
    public string Expected { get; }

    /// <summary>What to do, as a sentence.</summary>
    public string NextStep { get; }

    /// <summary>A name from a file, in quotes, shortened: a damaged file may hold names of megabytes.</summary>
    internal static string Quote(string name) =>
        name.Length <= LongestQuote ? $"\"{name}\"" : $"\"{name[..LongestQuote]}…\" ({name.Length} characters)";

    /// <summary>A value from a file as it stands there, shortened.</summary>
    internal static string Shorten(string json) =>
        json.Length <= LongestQuote ? json : $"{json[..LongestQuote]}… ({json.Length} characters)";

    private static string Describe(string file, string? part, string found, string expected, string nextStep)
    {
        var place = part is null ? file : $"{file}: {part}";
        return $"{place}: found {found}; expected {expected}. {nextStep}";
    }
}
