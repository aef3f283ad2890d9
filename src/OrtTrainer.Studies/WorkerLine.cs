namespace OrtTrainer.Studies;

/// <summary>A line from a worker to the study that started it, as JSON. One of the values is there.</summary>
internal sealed record WorkerLine
{
    /// <summary>Optimizer steps done.</summary>
    public long? Step { get; init; }

    /// <summary>Optimizer steps in all; beside <see cref="Step"/>.</summary>
    public long? TotalSteps { get; init; }

    /// <summary>Something to know that is no error.</summary>
    public string? Note { get; init; }

    /// <summary>Why the run failed; the last line.</summary>
    public string? Failed { get; init; }
}
