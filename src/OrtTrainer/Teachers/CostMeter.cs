using System.Diagnostics;

namespace OrtTrainer.Teachers;

/// <summary>Measures a <see cref="TeacherCost"/> while a teacher runs; begins as it is made.</summary>
/// <param name="total">Examples in all.</param>
/// <param name="events">Told how many are done; null for nobody.</param>
internal sealed class CostMeter(int total, IProgress<TeacherEvent>? events) : IProgress<int>
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly long _before = Environment.WorkingSet;
    private long _highest;

    /// <summary>A batch is done; the session still holds the memory it needed.</summary>
    public void Report(int value)
    {
        _highest = Math.Max(_highest, Environment.WorkingSet);
        events?.Report(new TeacherEvent.Computed(value, total));
    }

    /// <summary>The cost so far.</summary>
    public TeacherCost Read(string device, int threads) =>
        new(_clock.Elapsed.TotalSeconds, Math.Max(0, _highest - _before), device, threads);
}
