using System.Diagnostics;
using OrtTrainer.Cli;
using OrtTrainer.Distillation;
using OrtTrainer.Randomness;

namespace OrtTrainer.Tests.Distillation;

/// <summary>Processes that are killed while a teacher runs or its outputs are written leave nothing that is
/// trusted.</summary>
public sealed class CacheKillTests
{
    [Test]
    public void After_kills_at_random_moments_the_logits_are_those_of_an_undisturbed_run()
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

            TeacherLogits logits = task.Obtain(events: events);

            Assert.That(logits.Values, Is.EqualTo(expected), $"kill {i}, ended by itself: {ended}");
            Assert.That(events.Notes, Is.Empty, $"kill {i}: no damage and nobody to wait for");
            File.Delete(task.CacheFile);
        }
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
