using System.Diagnostics;
using OrtTrainer.Teachers;

namespace OrtTrainer.Cli.Rendering;

/// <summary>A teacher at work, as plain lines: one every few seconds, and what there is to know.</summary>
internal sealed class TeacherView(Terminal terminal) : IProgress<TeacherEvent>
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly Stopwatch _sinceLine = Stopwatch.StartNew();

    public void Report(TeacherEvent value)
    {
        switch (value)
        {
            case TeacherEvent.Noted noted:
                terminal.WriteLines([$"note: {noted.Message}"]);
                break;
            case TeacherEvent.Computed computed when _sinceLine.Elapsed >= Interval:
                terminal.WriteLines(
                    [$"teacher: {Figures.Count(computed.Done)} of {Figures.Count(computed.Total)} rows"]);
                _sinceLine.Restart();
                break;
        }
    }
}
