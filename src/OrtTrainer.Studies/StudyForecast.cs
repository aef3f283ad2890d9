using OrtTrainer.Common;

namespace OrtTrainer.Studies;

/// <summary>What a study would do and about how long it would take.</summary>
/// <param name="Cells">Every cell, in the plan's order.</param>
/// <param name="OtherRuns">Runs of teachers, and runs that choose settings.</param>
/// <param name="OtherSeconds">Seconds that those of them take that are not done.</param>
/// <param name="Jobs">Runs side by side.</param>
/// <param name="Threads">Threads of each.</param>
/// <param name="Probes">How many kinds of step were measured.</param>
internal sealed record StudyForecast(
    IReadOnlyList<CellForecast> Cells, int OtherRuns, double OtherSeconds, int Jobs, int Threads, int Probes)
{
    /// <summary>Runs of the cells.</summary>
    public int Runs => Cells.Sum(cell => cell.Cell.Runs.Count);

    /// <summary>Optimizer steps of all runs of the cells.</summary>
    public long Steps => Cells.Sum(cell => cell.StepsPerRun * cell.Cell.Runs.Count);

    /// <summary>Seconds until the end, were no job ever idle.</summary>
    public double Seconds => (Cells.Sum(cell => cell.Seconds) + OtherSeconds) / Jobs;

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
