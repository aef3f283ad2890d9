using System.Text.Json.Nodes;
using OrtTrainer.Studies;
using OrtTrainer.Studies.Slurm;

namespace OrtTrainer.Tests.Studies.Slurm;

/// <summary>What the engine makes of answers of a cluster; <see cref="SlurmStudyTests"/> has a real one.</summary>
[Platform("Linux,MacOsX")]
public sealed class SlurmEngineTests
{
    private const string Failed =
        """{"job":"1","node":"n","phase":"failed","failure":"epochs is -1; expected 0 or more.","may_pass":false}""";

    private StandInCluster _cluster = null!;
    private TinyStudy _study = null!;

    [SetUp]
    public void Make() => (_cluster, _study) = (new StandInCluster(), new TinyStudy());

    [TearDown]
    public void Remove()
    {
        _cluster.Dispose();
        _study.Dispose();
    }

    [Test]
    public async Task A_run_that_its_job_refused_gets_no_other()
    {
        _cluster.SetStates(Failed);

        RunWatch watch = await RunAsync();

        Assert.That(watch.Failures.Values, Is.All.EqualTo("epochs is -1; expected 0 or more."));
        Assert.That((watch.Failures.Count, _cluster.Submitted.Length), Is.EqualTo((4, 1)));
    }

    [Test]
    public async Task A_failure_that_may_pass_is_tried_as_often_as_asked_for()
    {
        _cluster.SetStates(Failed.Replace("\"may_pass\":false", "\"may_pass\":true", StringComparison.Ordinal));

        RunWatch watch = await RunAsync(options => options with { Tries = 2 });

        Assert.That(watch.Failures.Values, Is.All.EqualTo(
            "epochs is -1; expected 0 or more (2 tries without a step further)."));
        Assert.That(_cluster.Submitted, Has.Length.EqualTo(2));
        Assert.That(watch.Notes, Has.Exactly(4).EndsWith("; it gets another job."));
    }

    [TestCase("JobState=OUT_OF_MEMORY ExitCode=0:125 BatchHost=node7", 1,
        "on node node7 was killed for the memory it used, with 2G allowed: raise --memory.")]
    [TestCase("JobState=TIMEOUT ExitCode=0:0 BatchHost=node7", 3,
        "on node node7 reached its time limit, 0:30: raise --time (3 tries without a step further).")]
    [TestCase("JobState=PREEMPTED ExitCode=0:0 BatchHost=node7", 3,
        "on node node7 was preempted (3 tries without a step further).")]
    [TestCase("JobState=NODE_FAIL ExitCode=1:0 NodeList=node7 BatchHost=node7", 3,
        "on node node7 was lost with its node (3 tries without a step further).")]
    [TestCase("JobState=FAILED ExitCode=137:0 BatchHost=node7", 3,
        "on node node7 was killed (signal 9) (3 tries without a step further).")]
    [TestCase("JobState=FAILED ExitCode=127:0 BatchHost=node7", 3,
        "on node node7 ended as FAILED with exit code 127 (3 tries without a step further).")]
    [TestCase("", 3, "is gone from the queue and left no word (3 tries without a step further).")]
    public async Task A_job_that_ended_without_a_word_is_explained(string record, int tries, string reason)
    {
        if (record.Length > 0)
        {
            _cluster.SetRecord(record);
        }

        RunWatch watch = await RunAsync(options => options with { Memory = "2G", Time = "0:30" });

        Assert.That(watch.Failures["runs/bert.pretrained.topics.finetune/seed-1"],
            Is.EqualTo($"its job {tries}_0 {reason}"));
        Assert.That(_cluster.Submitted, Has.Length.EqualTo(tries));
    }

    [TestCase("JobState=FAILED ExitCode=66:0 BatchHost=node7", "does not see, or cannot write to, ")]
    [TestCase("JobState=FAILED Reason=JobLaunchFailure ExitCode=0:53 BatchHost=node7",
        "does not see, or cannot write to, ")]
    [TestCase("JobState=FAILED ExitCode=67:0 BatchHost=node7", "does not have the program /bin/true")]
    public async Task Other_jobs_stay_away_from_a_node_that_lacks_something(string record, string reason)
    {
        _cluster.SetRecord(record);

        RunWatch watch = await RunAsync(options => options with { Tries = 2 });

        Assert.That(watch.Notes, Has.Exactly(1).StartsWith($"node node7 {reason}").And.EndsWith(
            ". No other job is sent there."));
        Assert.That(_cluster.Submitted[0], Does.Not.Contain("--exclude"));
        Assert.That(_cluster.Submitted[1], Does.Contain("\n#SBATCH --exclude=node7\n"));
        Assert.That(watch.Failures.Values, Is.All.StartsWith($"node node7 {reason}"));
    }

    [Test]
    public async Task Arrays_are_no_larger_than_the_cluster_has_them()
    {
        _study.Json["seeds"] = new JsonArray(1, 2, 3, 4);
        _cluster.SetStates(Failed);
        _cluster.Set("scontrol", "echo 'MaxArraySize            = 4'");

        await RunAsync(options => options with { ArrayLimit = 2 });

        Assert.That(_cluster.Submitted.Select(script => script.Split('\n')[2]), Is.EqualTo(new[]
        {
            "#SBATCH --array=0-2%2", "#SBATCH --array=0-2%2", "#SBATCH --array=0-1%2",
        }));
    }

    [Test]
    public async Task No_more_jobs_are_in_the_queue_than_it_may_have()
    {
        _study.Json["seeds"] = new JsonArray(1, 2, 3);
        _cluster.SetStates(Failed);

        await RunAsync(options => options with { QueueLimit = 4 });

        Assert.That(_cluster.Submitted.Select(script => script.Split('\n')[2]),
            Is.EqualTo(new[] { "#SBATCH --array=0-3", "#SBATCH --array=0-1" }));
    }

    [Test]
    public void A_refusal_of_sbatch_is_told_in_its_words()
    {
        _cluster.Set("sbatch", "echo 'sbatch: error: QOSMaxSubmitJobPerUserLimit' >&2; exit 1");

        Assert.That(() => RunAsync(), Throws.TypeOf<StudyException>().With.Message.Matches(
            "^sbatch refused 4 jobs: sbatch: error: QOSMaxSubmitJobPerUserLimit\\. Its script is .*/job\\.sh; "));
    }

    [Test]
    public async Task A_cluster_that_does_not_answer_is_asked_again()
    {
        _cluster.SetStates(Failed);
        string takes = _cluster.ScriptOf("sbatch");
        _cluster.Set("sbatch", "[ -e \"$0\".once ] || { touch \"$0\".once; " +
            "echo 'sbatch: error: Unable to contact slurm controller (connect failure)' >&2; exit 1; }\n" + takes);

        RunWatch watch = await RunAsync();

        Assert.That(watch.Failures, Has.Count.EqualTo(4));
        Assert.That(watch.Notes, Has.Exactly(1).StartsWith("the cluster does not answer, and is asked again: "));
    }

    [Test]
    public async Task An_array_that_was_taken_though_sbatch_failed_is_not_submitted_twice()
    {
        _cluster.SetStates(Failed);
        _cluster.Set("sbatch", _cluster.ScriptOf("sbatch") +
            "\necho 'sbatch: error: Socket timed out on send/recv operation' >&2; exit 1");
        _cluster.Set("squeue", "for name; do :; done; echo \"1|0|RUNNING|${name#--name=}|None\"");

        RunWatch watch = await RunAsync();

        Assert.That(watch.Failures, Has.Count.EqualTo(4));
        Assert.That(_cluster.Submitted, Has.Length.EqualTo(1));
    }

    [Test]
    public void A_command_that_is_missing_is_named()
    {
        using TinyStudy study = new();
        SlurmOptions options = _cluster.Options with { Commands = study.Folder };

        Assert.That(() => new SlurmEngine(options, study.Output("out")), Throws.TypeOf<StudyException>()
            .With.Message.StartsWith($"sbatch was not found in {study.Folder}: studies on Slurm are started where "));
    }

    [Test]
    public void A_folder_that_sbatch_cannot_be_told_is_refused() => Assert.That(
        () => new SlurmEngine(_cluster.Options, _study.Output("a \"b\"")), Throws.TypeOf<StudyException>()
            .With.Message.EndsWith("sbatch takes no folder whose name has a double quote, a backslash or a line " +
                "break. Choose another --out."));

    [Test]
    public void Without_an_answer_on_earlier_jobs_nothing_is_submitted()
    {
        _cluster.SetStates(Failed);
        RunAsync().GetAwaiter().GetResult();
        _cluster.Set("squeue", "echo 'slurm_load_jobs error: Unable to contact slurm controller' >&2; exit 1");

        Assert.That(() => RunAsync(), Throws.TypeOf<StudyException>().With.Message.Contains(
            "slurm_load_jobs error: Unable to contact slurm controller. Start the study again when it does"));
        Assert.That(_cluster.Submitted, Has.Length.EqualTo(1));
    }

    [Test]
    public void Interrupted_it_cancels_what_is_in_the_queue()
    {
        _cluster.Set("squeue", "[ ! -e \"${0%squeue}scancel.log\" ] || exit 0\n" +
            "for name; do :; done; echo \"1|0|PENDING|${name#--name=}|Priority\"");
        using CancellationTokenSource interruption = new();

        Assert.That(
            () => RunAsync(act: value =>
            {
                if (value is StudyEvent.Queued { Waiting: 1, Reason: "Priority" })
                {
                    interruption.Cancel();
                }
            }, cancellation: interruption.Token, change: options => options with { Grace = TimeSpan.FromMinutes(9) }),
            Throws.InstanceOf<OperationCanceledException>());
        Assert.That(_cluster.Cancelled, Is.EqualTo(new[] { "1" }));
    }

    private async Task<RunWatch> RunAsync(
        Func<SlurmOptions, SlurmOptions>? change = null, Action<StudyEvent>? act = null,
        CancellationToken cancellation = default)
    {
        SlurmOptions options = change?.Invoke(_cluster.Options) ?? _cluster.Options;
        RunWatch watch = new(act);
        await new SlurmEngine(options, _study.Output("out")).RunAsync(
            [.. _study.Plan().Runs], watch, cancellation);
        return watch;
    }
}
