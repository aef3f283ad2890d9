using System.Text.Json;
using OrtTrainer.Common;
using OrtTrainer.Runs;

namespace OrtTrainer.Cli.Rendering;

/// <summary>A run as JSON Lines: an object per event, whose <c>event</c> says what it is.</summary>
internal sealed class JsonRunView(TextWriter output) : IRunView
{
    public void Report(RunEvent value)
    {
        switch (value)
        {
            case RunEvent.Taught e:
                Line(new { Event = "taught", e.Done, e.Total });
                break;
            case RunEvent.Started e:
                Line(new { Event = "started", Facts = e });
                break;
            case RunEvent.Stepped e:
                Line(ScaledStep.Line(
                    new
                    {
                        Event = "step",
                        e.Report.Step,
                        e.Report.Loss,
                        LabelLoss = e.Report.Terms.Labels,
                        TeacherLoss = e.Report.Terms.Teacher,
                        PenaltyLoss = e.Report.Terms.Penalty,
                        IntermediateLoss = e.Report.Terms.Intermediate,
                        e.Report.GradientNorm,
                        e.Report.LearningRate,
                        e.Report.Examples,
                        e.Report.Tokens,
                        e.TokensPerSecond,
                        RemainingSeconds = e.Remaining.TotalSeconds,
                    },
                    e.Report));
                break;
            case RunEvent.Evaluated e:
                Line(new { Event = "evaluated", e.Point.Step, e.Metric, e.Point.Live, e.Point.Averaged });
                break;
            case RunEvent.Saved e:
                Line(new { Event = "saved", e.Step });
                break;
            case RunEvent.Noted e:
                Line(new { Event = "note", e.Message });
                break;
            case RunEvent.Finished e:
                Line(new { Event = "finished", e.Summary });
                break;
        }
    }

    public Task InterruptedAsync(string verb, string? output)
    {
        Line(new { Event = "interrupted", Resume = output });
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Line<T>(T value) => output.WriteLine(JsonSerializer.Serialize(value, RunJson.Options));
}
