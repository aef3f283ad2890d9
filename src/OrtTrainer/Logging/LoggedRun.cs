namespace OrtTrainer.Logging;

/// <summary>A run that loggers are opened for.</summary>
/// <param name="Folder">The folder of the run's own files.</param>
/// <param name="Name">The run's name.</param>
/// <param name="Settings">Its settings by dotted name, in order.</param>
/// <param name="Step">Steps done already, by the run that is resumed.</param>
/// <param name="EvaluatedStep">The step of the last evaluation done already; 0 for none.</param>
internal sealed record LoggedRun(
    string Folder, string Name, IReadOnlyList<KeyValuePair<string, string>> Settings, long Step, long EvaluatedStep)
{
    /// <summary>What the names of numbers of evaluations begin with.</summary>
    public const string EvaluationPrefix = "eval/";

    /// <summary>The experiment of a tracking server that it belongs to; null for the server's default.</summary>
    public string? Experiment { get; init; }

    /// <summary>Whether a resumed run keeps a number that was logged before, for it will not be computed
    /// again.</summary>
    public bool Keeps(string name, long step) =>
        step <= (name.StartsWith(EvaluationPrefix, StringComparison.Ordinal) ? EvaluatedStep : Step);
}
