using OrtTrainer.Common;
using OrtTrainer.Options;
using OrtTrainer.Training;
using OrtTrainer.Training.Schedules;

namespace OrtTrainer.Runs.RateSearch;

/// <summary>
/// Trains for a few steps while the rate rises (Smith 2017, Cyclical Learning Rates, section 3.3). The weights are
/// thrown away and nothing is written; equal options give equal curves.
/// </summary>
internal static class RateRangeTest
{
    /// <summary>Runs it.</summary>
    /// <param name="options">The run, without steps and schedule.</param>
    /// <param name="lowest">The first rate, above 0.</param>
    /// <param name="highest">The last rate, above <paramref name="lowest"/>.</param>
    /// <param name="steps">Steps, 10 or more.</param>
    /// <param name="events">Told how far it is; null for nobody.</param>
    /// <param name="cancellation">Stops between steps.</param>
    /// <exception cref="ArgumentException">A value is out of range.</exception>
    /// <exception cref="RunException">The model or the data cannot be used.</exception>
    public static RateCurve Run(
        FineTuneOptions options, double lowest, double highest, int steps, Action<StepReport>? events = null,
        CancellationToken cancellation = default)
    {
        _ = OptionRange.Above(highest, OptionRange.Above(lowest, 0, nameof(lowest)), nameof(highest));
        _ = OptionRange.AtLeast((long)steps, 10, nameof(steps));
        FineTuneOptions rising = options with
        {
            MaxSteps = steps,
            FixedSchedule = new ExponentialSchedule(lowest, highest, steps),
        };
        using PreparedRun run = PreparedRun.Create(rising, cancellation: cancellation);
        return RateCurve.Of(StepsOf(run, steps, events, cancellation));
    }

    private static IEnumerable<(double Rate, double Loss)> StepsOf(
        PreparedRun run, int steps, Action<StepReport>? events, CancellationToken cancellation)
    {
        for (int step = 0; step < steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            StepReport report;
            bool diverged = false;
            try
            {
                report = run.Trainer.Step();
            }
            catch (DivergenceException)
            {
                (report, diverged) = (default, true);
            }

            if (diverged)
            {
                yield return (run.Options.FixedSchedule!.RateAt(step), double.NaN);
                yield break;
            }

            events?.Invoke(report);
            yield return (report.LearningRate, report.Loss);
        }
    }
}
