using System.Diagnostics;
using System.Text.Json;
using OrtTrainer.Cli;
using OrtTrainer.Randomness;

namespace OrtTrainer.Tests.Teachers;

/// <summary>Several processes at one cache, some of which are killed.</summary>
public sealed class CacheProcessTests
{
    [Test]
    public void Processes_that_are_killed_at_random_moments_leave_nothing_that_is_trusted_or_waited_for()
    {
        using TeacherTask task = new();
        float[] expected = task.Obtain(task.Options with { Cache = task.File("undisturbed") }).Values;
        SeededRandom random = new(8);
        for (int i = 0; i < 4; i++)
        {
            using Process child = Start(task);
            bool ended = child.WaitForExit(TimeSpan.FromMilliseconds(150 + random.NextInt(500)));
            child.Kill();
            child.WaitForExit();
            EventLog events = new();

            float[] values = task.Obtain(events: events).Values;

            Assert.That(values, Is.EqualTo(expected), $"kill {i}, ended by itself: {ended}");
            Assert.That(events.Notes, Is.Empty, $"kill {i}: no damage and nobody to wait for");
            File.Delete(task.CacheFile);
        }
    }

    [Test]
    public void Of_processes_at_the_same_time_one_runs_the_teacher_and_all_find_the_same()
    {
        using TeacherTask task = new();
        Process[] children = [.. Enumerable.Range(0, 3).Select(_ => Start(task))];

        JsonElement[] reports = [.. children.Select(child =>
        {
            string text = child.StandardOutput.ReadToEnd();
            child.WaitForExit();
            Assert.That(child.ExitCode, Is.Zero, text);
            child.Dispose();
            return JsonDocument.Parse(text).RootElement;
        })];

        Assert.That(reports.Count(report => !report.GetProperty("is_cached").GetBoolean()), Is.EqualTo(1));
        string audit = reports[0].GetProperty("audit").GetRawText();
        Assert.That(reports.Select(report => report.GetProperty("audit").GetRawText()), Is.All.EqualTo(audit));
    }

    private static Process Start(TeacherTask task)
    {
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        string[] words =
        [
            "exec", typeof(CliApp).Assembly.Location, "teacher", "--model", task.Model, "--data", task.DataFile,
            "--cache", task.Cache, "--threads", "1", "--json",
        ];
        return Process.Start(new ProcessStartInfo(host, words) { RedirectStandardOutput = true })!;
    }
}
