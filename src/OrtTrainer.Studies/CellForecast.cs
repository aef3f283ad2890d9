namespace OrtTrainer.Studies;

/// <summary>What a cell of a study would do.</summary>
/// <param name="Cell">The cell.</param>
/// <param name="Done">Runs that are done.</param>
/// <param name="StepsPerRun">Optimizer steps of each run.</param>
/// <param name="SecondsPerRun">Expected seconds of a run, loading, evaluation and export included.</param>
/// <param name="IsMeasured">
/// Whether steps of just this kind were measured; otherwise the mean of those measured stands in, for want of time.
/// </param>
internal sealed record CellForecast(
    StudyCell Cell, int Done, long StepsPerRun, double SecondsPerRun, bool IsMeasured)
{
    /// <summary>Seconds of the runs that are not done.</summary>
    public double Seconds => (Cell.Runs.Count - Done) * SecondsPerRun;
}
