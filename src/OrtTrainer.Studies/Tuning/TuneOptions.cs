using OrtTrainer.Common;

namespace OrtTrainer.Studies.Tuning;

/// <summary>How long is searched, where to, and on how much of the machine.</summary>
internal sealed record TuneOptions
{
    /// <summary>What is tried.</summary>
    public required TuneFile File { get; init; }

    /// <summary>The search's folder. One that holds the same search already goes on.</summary>
    public required string Output { get; init; }

    /// <summary>Minutes for all of it, above 0; those of earlier starts count.</summary>
    public required double Minutes { get; init => field = OptionRange.Above(value, 0); }

    /// <summary>The most trials to begin, the defaults included, 1 or more; null for no limit.</summary>
    public int? Trials { get; init => field = value is { } n ? (int)OptionRange.AtLeast((long)n, 1) : null; }

    /// <summary>Trials side by side, 1 or more, each in a process of its own.</summary>
    public int Jobs { get; init => field = (int)OptionRange.AtLeast((long)value, 1); } = 1;

    /// <summary>Threads of all trials together, 1 or more; null for all processors.</summary>
    public int? Threads { get; init => field = value is { } n ? (int)OptionRange.AtLeast((long)n, 1) : null; }

    /// <summary>How to start a process that does a trial; needed for more than one job.</summary>
    public WorkerCommand? Worker { get; init; }

    /// <summary>Threads of each trial.</summary>
    public int ThreadsPerJob => Math.Max(1, (Threads ?? Environment.ProcessorCount) / Jobs);
}
