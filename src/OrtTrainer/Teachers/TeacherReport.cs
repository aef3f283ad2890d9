using OrtTrainer.Evaluation;

namespace OrtTrainer.Teachers;

/// <summary>What a teacher is, how good, and at what cost: for the head of a run and for its summary.</summary>
internal sealed record TeacherReport
{
    /// <summary>The name of the teacher's folder, or of the file of logits.</summary>
    public required string Name { get; init; }

    /// <summary>The full path of the folder or file.</summary>
    public required string Source { get; init; }

    /// <summary>Rows, N; of the evaluation data where the teacher runs with every step.</summary>
    public required int Rows { get; init; }

    /// <summary>Outputs per row, K.</summary>
    public required int Outputs { get; init; }

    /// <summary>
    /// The most tokens of an input as the teacher saw it; null where there is no limit, or a file does not tell.
    /// </summary>
    public int? MaxLength { get; init; }

    /// <summary>Whether no teacher had to run: its outputs were kept from before, or read from a file.</summary>
    public required bool IsCached { get; init; }

    /// <summary>Whether the teacher runs on the inputs of every step, and nothing that it gives is kept.</summary>
    public bool RunsWithSteps { get; init; }

    /// <summary>Whether <see cref="Audit"/> is of the evaluation data and not of those that are learned from.</summary>
    public bool IsAuditOfEvaluation { get; init; }

    /// <summary>What running the teacher over these rows took, whenever it ran; null for a file that does not
    /// tell.</summary>
    public TeacherCost? Cost { get; init; }

    /// <summary>Seconds until the outputs were there this time, hashing, waiting and reading included.</summary>
    public required double ElapsedSeconds { get; init; }

    /// <summary>Where the outputs are kept for the next run; null where they are not.</summary>
    public string? CacheFile { get; init; }

    /// <summary>How the outputs compare with the labels of these rows.</summary>
    public required TeacherAudit Audit { get; init; }

    /// <summary>This with the cost of the teacher's layers, which took a run of their own.</summary>
    internal TeacherReport Including(TeacherStates states) => this with
    {
        IsCached = IsCached && states.IsCached,
        ElapsedSeconds = ElapsedSeconds + states.ElapsedSeconds,
        Cost = Cost is not { } own ? states.Cost : own with
        {
            Seconds = own.Seconds + states.Cost.Seconds,
            MemoryBytes = Math.Max(own.MemoryBytes, states.Cost.MemoryBytes),
        },
    };
}
