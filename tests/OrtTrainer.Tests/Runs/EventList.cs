using OrtTrainer.Runs;

namespace OrtTrainer.Tests.Runs;

/// <summary>Keeps what a run tells, and lets a test act on it while the run waits.</summary>
internal sealed class EventList(Action<RunEvent>? act = null) : IProgress<RunEvent>
{
    private readonly List<RunEvent> _events = [];

    public void Report(RunEvent value)
    {
        _events.Add(value);
        act?.Invoke(value);
    }

    public IEnumerable<T> Of<T>()
        where T : RunEvent => _events.OfType<T>();
}
