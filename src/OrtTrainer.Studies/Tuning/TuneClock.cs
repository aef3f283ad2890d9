using System.Diagnostics;

namespace OrtTrainer.Studies.Tuning;

/// <summary>The time of a search, over all its starts, and what work takes.</summary>
internal sealed class TuneClock(double minutes, double spent)
{
    // What comes after the trials gets the rest: runs with other seeds, the test and the report.
    private const double SearchShare = 0.75, ConfirmShare = 0.95;

    private readonly Stopwatch _now = Stopwatch.StartNew();

    /// <summary>Seconds so far.</summary>
    public double Seconds => spent + _now.Elapsed.TotalSeconds;

    /// <summary>Seconds that are left for trials.</summary>
    public double LeftToSearch => (60 * minutes * SearchShare) - Seconds;

    /// <summary>Seconds that are left for trials and for the runs that confirm the best.</summary>
    public double LeftToConfirm => (60 * minutes * ConfirmShare) - Seconds;
}
