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

    /// <summary>Seconds per example that trials took, loading and evaluation included; null before any has ended a
    /// stretch.</summary>
    /// <param name="trials">The trials.</param>
    /// <param name="examples">Examples that a trial has seen.</param>
    public static double? SecondsPerExample(IEnumerable<Trial> trials, Func<Trial, double> examples)
    {
        Trial[] begun = [.. trials.Where(trial => trial.Steps > 0)];
        return begun.Length == 0 ? null : begun.Sum(trial => trial.Seconds) / begun.Sum(examples);
    }
}
