using OrtTrainer.Common;

namespace OrtTrainer.Studies;

/// <summary>What a study tells while it runs. Events arrive one at a time, from several threads.</summary>
public abstract record StudyEvent
{
    private StudyEvent()
    {
    }

    /// <inheritdoc/>
    public sealed override string ToString() => RecordText.Of(this);

    /// <summary>The study is planned and about to run.</summary>
    /// <param name="Name">The study's name.</param>
    /// <param name="Cells">Cells of the grid.</param>
    /// <param name="Runs">Runs in all, those of teachers and choices included.</param>
    /// <param name="Done">Runs that an earlier start has done.</param>
    /// <param name="Jobs">Runs side by side.</param>
    /// <param name="Threads">Threads of each.</param>
    /// <param name="Cluster">What decides how many run side by side, such as Slurm; null for this machine.</param>
    public sealed record Started(
        string Name, int Cells, int Runs, int Done, int Jobs, int Threads, string? Cluster = null) : StudyEvent;

    /// <summary>How many jobs a cluster has of this study has changed.</summary>
    /// <param name="Running">Runs under way on nodes.</param>
    /// <param name="Waiting">Runs that wait for a node, or to be submitted.</param>
    /// <param name="Reason">Why most of them wait, in the cluster's word; null where none does.</param>
    public sealed record Queued(int Running, int Waiting, string? Reason) : StudyEvent;

    /// <summary>A run begins or goes on.</summary>
    /// <param name="Label">What it is.</param>
    /// <param name="Folder">Its folder, relative to the study's.</param>
    public sealed record RunStarted(string Label, string Folder) : StudyEvent;

    /// <summary>A run did some steps.</summary>
    /// <param name="Folder">Its folder, relative to the study's.</param>
    /// <param name="Step">Optimizer steps done.</param>
    /// <param name="TotalSteps">Optimizer steps in all.</param>
    public sealed record RunStepped(string Folder, long Step, long TotalSteps) : StudyEvent;

    /// <summary>A run is done.</summary>
    /// <param name="Label">What it was.</param>
    /// <param name="Folder">Its folder, relative to the study's.</param>
    /// <param name="Metric">The metric that decides.</param>
    /// <param name="Live">The live weights' score; on test data where there are any.</param>
    /// <param name="Averaged">The averaged weights' score on the same data; null without averaging.</param>
    /// <param name="Seconds">Seconds of optimizer steps.</param>
    /// <param name="Done">Runs done so far.</param>
    public sealed record RunDone(
        string Label, string Folder, string Metric, double Live, double? Averaged, double Seconds, int Done)
        : StudyEvent;

    /// <summary>A run failed; the study goes on.</summary>
    /// <param name="Label">What it was.</param>
    /// <param name="Folder">Its folder, relative to the study's.</param>
    /// <param name="Error">Why.</param>
    public sealed record RunFailed(string Label, string Folder, string Error) : StudyEvent;

    /// <summary>A setting was chosen for a cell.</summary>
    public sealed record Chosen(StudyChoice Choice) : StudyEvent;

    /// <summary>Something to know that is no error.</summary>
    public sealed record Noted(string Message) : StudyEvent;
}
