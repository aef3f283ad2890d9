using OrtTrainer.Runtime;

namespace OrtTrainer.Studies.Comparisons;

/// <summary>What two runs are compared on.</summary>
internal sealed record RunComparisonOptions
{
    /// <summary>A labelled file with the columns of the first run's data; null for the runs' own data.</summary>
    public string? Data { get; init; }

    /// <summary>Whether the runs' own data are those of their test, in place of their evaluation.</summary>
    public bool Test { get; init; }

    /// <summary>The name of the metric; null for the one that decided in the first run.</summary>
    public string? Metric { get; init; }

    /// <summary>Threads and kernels.</summary>
    public ExecutionOptions Execution { get; init; } = new();
}
