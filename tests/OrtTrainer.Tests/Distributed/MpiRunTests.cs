using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using OrtTrainer.Common;
using OrtTrainer.Methods;
using OrtTrainer.Options;
using OrtTrainer.Randomness;
using OrtTrainer.Tests.Runs;

namespace OrtTrainer.Tests.Distributed;

/// <summary>Ranks as processes, by the real Open MPI.</summary>
public sealed class MpiRunTests
{
    private RankedTask _task = null!;

    [SetUp]
    public void MakeTask()
    {
        MpiRun.Require();
        _task = new RankedTask();
    }

    [TearDown]
    public void RemoveTask() => _task?.Dispose();

    [Test]
    public void Four_ranks_give_the_bits_of_one_process()
    {
        TinyTask.Run(Options("one"));

        using MpiRun run = Start(4, "ranks");
        (int code, string output, string error) = run.Wait();

        Assert.That(code, Is.Zero, error);
        Assert.That(output, Does.Contain("cpu, 4 ranks of 1 thread"));
        Assert.That(output.Split("averaged - live").Length, Is.EqualTo(2), "one rank alone prints");
        RequireBitsOfOne();
    }

    /// <summary>The variable ORTTRAINER_RANK_KILLS sets how many.</summary>
    [Test]
    public void A_killed_rank_ends_the_job_and_another_number_of_ranks_goes_on_to_the_same_bits()
    {
        int kills = int.Parse(
            Environment.GetEnvironmentVariable("ORTTRAINER_RANK_KILLS") ?? "4", CultureInfo.InvariantCulture);
        TinyTask.Run(Options("one"));
        SeededRandom random = new(15);
        int killed = 0;
        for (int attempt = 0; killed < kills; attempt++)
        {
            Assert.That(attempt, Is.LessThan(10 * kills), "runs were over before anybody could be killed");
            using MpiRun run = HasCheckpoint ? Resume(2 + (attempt % 3)) : StartAnew();
            bool hit = Kill(run, random);
            (int code, _, string error) = run.Wait();
            if (hit && code != 0)
            {
                killed++;
                Assert.That(error, Does.Contain("signal 9").Or.Contain("Killed"), error);
            }
            else
            {
                Assert.That(code, Is.Zero, error);
                RequireBitsOfOne();
                Directory.Delete(_task.Task.Output("ranks"), recursive: true);
            }
        }

        using MpiRun last = HasCheckpoint ? Resume(3) : StartAnew();
        (int lastCode, _, string lastError) = last.Wait();
        Assert.That(lastCode, Is.Zero, lastError);
        RequireBitsOfOne();
        TestContext.Out.WriteLine($"{killed} ranks were killed.");
    }

    [Test]
    public void Processes_that_share_nothing_are_refused()
    {
        using MpiRun run = MpiRun.Start(2, "finetune", "--options", OptionsFile("ranks"));
        (int code, _, string error) = run.Wait();

        Assert.That(code, Is.Not.Zero);
        Assert.That(error, Does.Contain(
            "mpirun started 2 processes that would all do the same; add --distributed mpi to share the run"));
        Assert.That(Directory.Exists(_task.Task.Output("ranks")), Is.False);
    }

    [Test]
    public void A_wrong_option_is_told_once()
    {
        using MpiRun run = MpiRun.Start(
            2, "finetune", "--options", OptionsFile("ranks"), "--distributed", "mpi", "--accumulation", "1");
        (int code, _, string error) = run.Wait();

        Assert.That(code, Is.Not.Zero);
        Assert.That(error.Split("error: ").Length, Is.EqualTo(2), error);
        Assert.That(error, Does.Contain("A step has 1 batch for 2 ranks"));
    }

    private bool HasCheckpoint =>
        File.Exists(Path.Combine(_task.Task.Output("ranks"), "run", "checkpoint.safetensors"));

    private void RequireBitsOfOne()
    {
        _task.RequireSame("ranks", "one", "last.safetensors", "averaged.safetensors");
        Assert.That(RunLines.Untimed(_task.Task, "ranks"), Is.EqualTo(RunLines.Untimed(_task.Task, "one")));
    }

    private MpiRun StartAnew()
    {
        if (Directory.Exists(_task.Task.Output("ranks")))
        {
            Directory.Delete(_task.Task.Output("ranks"), recursive: true);
        }

        return Start(4, "ranks");
    }

    private FineTuneOptions Options(string output) => _task.Options(output) with
    {
        Method = FineTuneMethod.Parse("swa"),
        CheckpointSeconds = 0,
        MaxSteps = 40,
        EvalSteps = 10,
    };

    private string OptionsFile(string output)
    {
        string file = _task.Task.Output(output + ".json");
        File.WriteAllText(file, JsonSerializer.Serialize(Options(output), RunJson.Options));
        return file;
    }

    private MpiRun Start(int ranks, string output) =>
        MpiRun.Start(ranks, "finetune", "--options", OptionsFile(output), "--distributed", "mpi");

    private MpiRun Resume(int ranks) => MpiRun.Start(
        ranks, "finetune", "--resume", _task.Task.Output("ranks"), "--distributed", "mpi");

    /// <summary>Kills a rank at a random moment of its steps.</summary>
    /// <returns>False where the run was over before.</returns>
    private bool Kill(MpiRun run, SeededRandom random)
    {
        string metrics = Path.Combine(_task.Task.Output("ranks"), "run", "metrics.jsonl");
        long before = File.Exists(metrics) ? new FileInfo(metrics).Length : 0;
        while (!run.HasEnded && (!File.Exists(metrics) || new FileInfo(metrics).Length <= before))
        {
            Thread.Sleep(1);
        }

        Thread.Sleep(random.NextInt(300));
        IReadOnlyList<int> ranks = run.Ranks();
        if (run.HasEnded || ranks.Count == 0)
        {
            return false;
        }

        try
        {
            Process.GetProcessById(ranks[random.NextInt(ranks.Count)]).Kill();
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
