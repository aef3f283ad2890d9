using OrtTrainer.Teachers;

namespace OrtTrainer.Runs;

/// <summary>Passes on what a run's teacher tells.</summary>
internal sealed class TeacherEvents(IProgress<RunEvent>? events) : IProgress<TeacherEvent>
{
    public void Report(TeacherEvent value)
    {
        switch (value)
        {
            case TeacherEvent.Computed computed:
                events?.Report(new RunEvent.Taught(computed.Done, computed.Total));
                break;
            case TeacherEvent.Noted noted:
                events?.Report(new RunEvent.Noted(noted.Message));
                break;
        }
    }
}
