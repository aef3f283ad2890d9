using OrtTrainer.Common;

namespace OrtTrainer.Studies;

/// <summary>
/// A study and the state of all its runs: what statistics and reports are made from. Lists of names are in the order of
/// the study file.
/// </summary>
public sealed record StudyResults
{
    /// <summary>The study's name.</summary>
    public required string Name { get; init; }

    /// <summary>The method that the others are compared with.</summary>
    public required string Baseline { get; init; }

    /// <summary>
    /// Every run of the grid, done or not: by model, initialization, task, method and seed in the order of the study
    /// file. Runs of teachers and of hyper-parameter choice are not among them.
    /// </summary>
    public required IReadOnlyList<StudyRun> Runs { get; init; }

    /// <summary>What the study is about; empty where the file does not say.</summary>
    public string Description { get; init; } = "";

    /// <summary>The names of the models.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>The names of the initializations.</summary>
    public IReadOnlyList<string> Initializations { get; init; } = [];

    /// <summary>The names of the methods, the baseline among them.</summary>
    public IReadOnlyList<string> Methods { get; init; } = [];

    /// <summary>The seeds of every cell.</summary>
    public IReadOnlyList<long> Seeds { get; init; } = [];

    /// <summary>The tasks, with their metrics and what their scores were taken on.</summary>
    public IReadOnlyList<StudyTask> Tasks { get; init; } = [];

    /// <summary>Settings chosen on the validation data; empty for a study that chooses none.</summary>
    public IReadOnlyList<StudyChoice> Choices { get; init; } = [];

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
