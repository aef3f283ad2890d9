using OrtTrainer.Logging.Mlflow;
using OrtTrainer.Logging.TensorBoard;

namespace OrtTrainer.Logging;

/// <summary>A logger that can be asked for by its word.</summary>
/// <param name="Word">The word.</param>
/// <param name="Require">Refuses what it cannot work with, before a run begins.</param>
/// <param name="Open">Opens it for a run, to go on where the run left it.</param>
internal sealed record RunLoggerKind(string Word, Action Require, Func<LoggedRun, RunLogger> Open)
{
    /// <summary>The word for no logger.</summary>
    public const string None = "none";

    /// <summary>What is opened where nothing is said.</summary>
    public const string Default = "tensorboard";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<RunLoggerKind> All { get; } =
    [
        new("tensorboard", () => { }, TensorBoardLogger.Open),
        new("csv", () => { }, CsvLogger.Open),
        new("mlflow", () => MlflowServer.OfEnvironment(), MlflowLogger.Open),
    ];

    /// <summary>The loggers that words between commas name, each once.</summary>
    /// <exception cref="ArgumentException">A word names none.</exception>
    public static IReadOnlyList<RunLoggerKind> Parse(string words)
    {
        string[] given = words.Split(',', StringSplitOptions.TrimEntries);
        return given is [None]
            ? []
            : [.. given.Select(word => All.FirstOrDefault(kind => kind.Word == word.ToLowerInvariant())
                ?? throw new ArgumentException(
                    $"LogTo is '{words}'; expected {None}, or some of "
                    + $"{string.Join(", ", All.Select(kind => kind.Word))} between commas.")).Distinct()];
    }
}
