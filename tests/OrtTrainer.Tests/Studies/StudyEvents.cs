using OrtTrainer.Studies;

namespace OrtTrainer.Tests.Studies;

/// <summary>Keeps what a study tells, and lets a test act on it.</summary>
internal sealed class StudyEvents(Action<StudyEvent>? act = null) : IProgress<StudyEvent>
{
    private readonly List<StudyEvent> _events = [];

    public void Report(StudyEvent value)
    {
        _events.Add(value);
        act?.Invoke(value);
    }

    public IReadOnlyList<T> Of<T>()
        where T : StudyEvent => [.. _events.OfType<T>()];
}
