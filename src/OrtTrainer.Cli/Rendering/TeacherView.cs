using System.Diagnostics;
using OrtTrainer.Teachers;

namespace OrtTrainer.Cli.Rendering;

/// <summary>A teacher at work, as plain lines: one every few seconds, and what there is to know.</summary>
internal sealed class TeacherView(TextWriter output) : IProgress<TeacherEvent>
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly Stopwatch _sinceLine = Stopwatch.StartNew();

    public void Report(TeacherEvent value)
    {
        switch (value)
        {
            case TeacherEvent.Noted noted:
                output.WriteLine($"note: {noted.Message}");
                break;
            case TeacherEvent.Computed computed when _sinceLine.Elapsed >= Interval:
                output.WriteLine($"teacher: {Figures.Count(computed.Done)} of {Figures.Count(computed.Total)} rows");
                _sinceLine.Restart();
                break;
        }
    }
}
