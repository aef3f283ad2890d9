using OrtTrainer.Common;
using OrtTrainer.Runs;

namespace OrtTrainer.Studies;

/// <summary>
/// A run of a study and what came out of it: one cell (model, initialization, task, method) with one seed. The names
/// are those of the study file.
/// </summary>
public sealed record StudyRun
{
    /// <summary>The name of its model.</summary>
    public required string Model { get; init; }

    /// <summary>The name of its initialization.</summary>
    public required string Initialization { get; init; }

    /// <summary>The name of its task.</summary>
    public required string Task { get; init; }

    /// <summary>The name of its method.</summary>
    public required string Method { get; init; }

    /// <summary>Fixes initialisation, order and dropout.</summary>
    public required long Seed { get; init; }

    /// <summary>The run's folder, relative to the study's, with forward slashes.</summary>
    public required string Folder { get; init; }

    /// <summary>How far it is.</summary>
    public StudyRunStatus Status { get; init; }

    /// <summary>Why the run failed; null for one that did not.</summary>
    public string? Error { get; init; }

    /// <summary>The metric that decides: the first that the study asks for in this task.</summary>
    public string Metric { get; init; } = "";

    /// <summary>
    /// The deciding number: on the test data where the task has some, else on the evaluation data; of the averaged
    /// weights where the method averages, else of the live ones. NaN where the metric is not defined, null before the
    /// run is done.
    /// </summary>
    public double? Score { get; init; }

    /// <summary>The live weights' score on the same data.</summary>
    public double? Live { get; init; }

    /// <summary>The averaged weights' score on the same data; null where the method does not average.</summary>
    public double? Averaged { get; init; }

    /// <summary>Every metric asked for, by name, of the weights and on the data of <see cref="Score"/>.</summary>
    public IReadOnlyDictionary<string, double> Scores { get; init; } = new Dictionary<string, double>();

    /// <summary>Seconds of optimizer steps; null before the run is done.</summary>
    public double? Seconds { get; init; }

    /// <summary>
    /// Seconds that the teacher took: to answer for all training examples, whenever it did, and to be trained where
    /// that was part of this run; null for a method without a teacher.
    /// </summary>
    public double? TeacherSeconds { get; init; }

    /// <summary>Optimizer steps done.</summary>
    public long Steps { get; init; }

    /// <summary>The evaluations during training, on the evaluation data, in order.</summary>
    public IReadOnlyList<EvaluationPoint> Curve { get; init; } = [];

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
