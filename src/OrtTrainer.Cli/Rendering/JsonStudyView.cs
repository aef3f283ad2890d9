using System.Text.Json;
using OrtTrainer.Common;
using OrtTrainer.Studies;
using OrtTrainer.Studies.Reports;

namespace OrtTrainer.Cli.Rendering;

/// <summary>A study as JSON Lines: an object per event, whose <c>event</c> says what it is.</summary>
internal sealed class JsonStudyView(TextWriter output) : IStudyView
{
    public void Report(StudyEvent value)
    {
        string name = JsonNamingPolicy.SnakeCaseLower.ConvertName(value.GetType().Name);
        string fields = JsonSerializer.Serialize(value, value.GetType(), RunJson.Options);
        output.WriteLine($"{{\"event\":\"{name}\",{fields[1..]}");
    }

    public Task FinishedAsync(StudyResults results, string folder)
    {
        Line(new
        {
            Event = "finished",
            Folder = folder,
            Report = Path.Combine(folder, StudyReport.HtmlName),
            Runs = results.Runs.Count,
            Done = results.Runs.Count(run => run.Status == StudyRunStatus.Done),
            Failed = results.Runs.Count(run => run.Status == StudyRunStatus.Failed),
            Notes = StudyReport.Gaps(results),
        });
        return Task.CompletedTask;
    }

    public Task InterruptedAsync(string command)
    {
        Line(new { Event = "interrupted", Resume = command });
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Line<T>(T value) => output.WriteLine(JsonSerializer.Serialize(value, RunJson.Options));
}
