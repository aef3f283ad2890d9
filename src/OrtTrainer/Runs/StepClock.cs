using OrtTrainer.Training;

namespace OrtTrainer.Runs;

/// <summary>Speed over the last steps and the time that is left.</summary>
internal sealed class StepClock(long totalSteps)
{
    private const int Window = 20;

    private readonly Queue<(double Seconds, int Tokens)> _recent = new();
    private long _step;

    /// <summary>Tokens trained on per second.</summary>
    public double TokensPerSecond { get; private set; }

    /// <summary>Estimated time of the steps that are left.</summary>
    public TimeSpan Remaining { get; private set; }

    public void Add(StepReport report, double seconds)
    {
        _step = report.Step;
        _recent.Enqueue((seconds, report.Tokens));
        if (_recent.Count > Window)
        {
            _recent.Dequeue();
        }

        double total = Math.Max(_recent.Sum(r => r.Seconds), 1e-9);
        TokensPerSecond = _recent.Sum(r => r.Tokens) / total;
        Remaining = TimeSpan.FromSeconds(total / _recent.Count * (totalSteps - _step));
    }
}
