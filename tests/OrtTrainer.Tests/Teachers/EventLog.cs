using OrtTrainer.Teachers;

namespace OrtTrainer.Tests.Teachers;

/// <summary>What a teacher told, in order.</summary>
internal sealed class EventLog(Action<TeacherEvent>? also = null) : IProgress<TeacherEvent>
{
    private readonly List<TeacherEvent> _events = [];

    public IEnumerable<string> Notes => _events.OfType<TeacherEvent.Noted>().Select(e => e.Message);

    /// <summary>How many times batches were reported: none where no teacher ran.</summary>
    public int Batches => _events.OfType<TeacherEvent.Computed>().Count();

    public IEnumerable<TeacherEvent.Computed> Computed => _events.OfType<TeacherEvent.Computed>();

    public void Report(TeacherEvent value)
    {
        _events.Add(value);
        also?.Invoke(value);
    }
}
