using OrtTrainer.Common;

namespace OrtTrainer.Teachers;

/// <summary>What happens while a teacher's outputs are obtained.</summary>
internal abstract record TeacherEvent
{
    private TeacherEvent()
    {
    }

    /// <inheritdoc/>
    public sealed override string ToString() => RecordText.Of(this);

    /// <summary>The teacher ran over more examples; never told where the outputs were kept from before.</summary>
    /// <param name="Done">Examples done.</param>
    /// <param name="Total">Examples in all.</param>
    public sealed record Computed(int Done, int Total) : TeacherEvent;

    /// <summary>Something to know that is no error.</summary>
    public sealed record Noted(string Message) : TeacherEvent;
}
