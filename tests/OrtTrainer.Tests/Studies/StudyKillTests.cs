using System.Text.Json.Nodes;
using OrtTrainer.Randomness;
using OrtTrainer.Studies;

namespace OrtTrainer.Tests.Studies;

/// <summary>Studies that are killed at random moments end, started again, with the table of one that nobody
/// disturbed.</summary>
public sealed class StudyKillTests
{
    [Test]
    public async Task A_study_killed_5_times_gives_the_same_table_to_the_byte()
    {
        using TinyStudy study = new();
        study.Json["defaults"]!["max_steps"] = 150;
        study.Json["defaults"]!["checkpoint_seconds"] = 0.05;
        study.Json["seeds"] = new JsonArray(1, 2, 3);
        string file = study.File;
        await Study.RunAsync(ChildStudy.Options(file, study.Output("whole")));

        SeededRandom random = new(4);
        int killed = 0;
        for (int i = 0; i < 5; i++)
        {
            using ChildStudy child = ChildStudy.Start(file, study.Output("killed"));
            killed += child.WaitForEvents(2 + random.NextInt(5), TimeSpan.FromMilliseconds(random.NextInt(300)))
                ? 1 : 0;
            child.Kill();
        }

        StudyEvents events = new();
        StudyResults results = await Study.RunAsync(ChildStudy.Options(file, study.Output("killed")), events);

        Assert.That(killed, Is.EqualTo(5), "studies that were still running when they were killed");
        Assert.That(results.Runs.Select(run => run.Status), Is.All.EqualTo(StudyRunStatus.Done));
        Assert.That(study.Text("killed", "results.csv"), Is.EqualTo(study.Text("whole", "results.csv")));
        Assert.That(study.Text("whole", "results.csv").Split('\n'), Has.Length.EqualTo(1 + 6 + 1));
        Assert.That(results.Runs.Select(run => run.Curve.Count), Is.All.EqualTo(25));
    }

    [Test]
    public void Workers_of_a_killed_study_end_and_what_they_did_counts()
    {
        using TinyStudy study = new();
        study.Json["defaults"]!["max_steps"] = 100_000;
        study.Json["defaults"]!["eval_steps"] = 100_000;
        using (ChildStudy child = ChildStudy.Start(study.File, study.Output("out")))
        {
            Assert.That(child.WaitForEvents(5, TimeSpan.Zero), Is.True);
            child.Kill();
        }

        // The two runs under way are locked until their workers have written a checkpoint and ended.
        StudyRunFolder[] begun = [.. study.Plan().Runs.Select(run => new StudyRunFolder(run.Options.Output))
            .Where(run => run.IsBegun)];
        Assert.That(begun, Is.Not.Empty);
        foreach (StudyRunFolder run in begun)
        {
            Assert.That(() => File.Exists(run.LockFile), Is.False.After(20_000, 50));
            Assert.That(File.Exists(Path.Combine(run.Path, "run", "checkpoint.safetensors")), Is.True);
        }
    }
}
