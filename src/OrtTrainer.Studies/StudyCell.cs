using OrtTrainer.Common;
using OrtTrainer.Options;

namespace OrtTrainer.Studies;

/// <summary>One combination of a study's axes, and its runs, one per seed.</summary>
internal sealed record StudyCell
{
    public required string Model { get; init; }

    public required string Initialization { get; init; }

    public required string Task { get; init; }

    public required string Method { get; init; }

    /// <summary>The options of its runs, resolved, but for the seed and the folder.</summary>
    public required FineTuneOptions Options { get; init; }

    /// <summary>The metrics asked for; the first decides.</summary>
    public required IReadOnlyList<string> Metrics { get; init; }

    /// <summary>In the order of the seeds in the study file.</summary>
    public required IReadOnlyList<PlannedRun> Runs { get; init; }

    /// <summary>The four names.</summary>
    public string Name => $"{Model} / {Initialization} / {Task} / {Method}";

    /// <summary>A run of this cell of which nothing is known yet.</summary>
    public StudyRun Pending(PlannedRun run) => new()
    {
        Model = Model,
        Initialization = Initialization,
        Task = Task,
        Method = Method,
        Seed = run.Options.Seed,
        Folder = run.Folder,
        Metric = Metrics[0],
    };

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
