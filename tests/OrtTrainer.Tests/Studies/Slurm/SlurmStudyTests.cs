using System.Text.Json.Nodes;
using OrtTrainer.Studies;
using OrtTrainer.Studies.Slurm;

namespace OrtTrainer.Tests.Studies.Slurm;

/// <summary>Studies on a real cluster of one node.</summary>
[NonParallelizable]
public sealed class SlurmStudyTests
{
    private const string Alive = "PENDING,RUNNING,COMPLETING";

    private SlurmCluster _cluster = null!;
    private TinyStudy _study = null!;

    [OneTimeSetUp]
    public void Start() => _cluster = SlurmCluster.Start();

    [OneTimeTearDown]
    public void Stop() => _cluster?.Dispose();

    [SetUp]
    public void Make() => _study = new TinyStudy();

    [TearDown]
    public void Remove()
    {
        // One that a failed test has left would keep the next waiting.
        _cluster.Command("scancel", "--user=root");
        Assert.That(() => _cluster.Jobs(Alive), Is.Empty.After(60_000, 200));
        _study.Dispose();
    }

    [Test]
    public async Task The_table_is_that_of_a_study_on_this_machine_to_the_byte()
    {
        string embedded = Path.Combine(SharedFiles.RepositoryRoot, "onnx-models", "embedded");
        JsonObject encoder = new() { ["model"] = Path.Combine(embedded, "encoder") };
        JsonObject data = new()
        {
            ["train"] = Path.Combine(embedded, "train.tsv"),
            ["eval"] = Path.Combine(embedded, "eval.tsv"),
            ["test"] = Path.Combine(embedded, "test.tsv"),
        };
        _study.Json["defaults"] = JsonNode.Parse("""{ "max_steps": 12, "batch_size": 8, "max_length": 32 }""");
        _study.Json["seeds"] = new JsonArray(1);
        _study.Json["tasks"] = new JsonObject { ["messages"] = new JsonObject { ["data"] = data } };
        _study.Json["models"] = new JsonObject
        {
            ["shipped"] = encoder,
            ["ours"] = new JsonObject { ["model"] = "@first" },
        };
        _study.Json["pretraining"] = new JsonObject
        {
            ["first"] = new JsonObject
            {
                ["model"] = encoder["model"]!.DeepClone(),
                ["data"] = new JsonObject { ["train"] = data["train"]!.DeepClone() },
            },
        };
        _study.Json["teachers"] = new JsonObject { ["shipped"] = encoder.DeepClone() };
        _study.Json["methods"]!["distillation"] =
            JsonNode.Parse("""{ "method": "distillation", "teacher": { "model": "@shipped" } }""");
        StudyEvents events = new();

        StudyResults results = await RunAsync("cluster", events: events);
        _study.Run("here");

        Assert.That(results.Runs.Select(run => run.Error), Is.All.Null.And.Exactly(6).Items);
        Assert.That(_study.Text("cluster", "results.csv"), Is.EqualTo(_study.Text("here", "results.csv")));
        Assert.That(events.Of<StudyEvent.RunDone>().Take(2).Select(done => done.Label),
            Is.EqualTo(new[] { "pre-training first", "teacher shipped of messages" }));
        Assert.That(events.Of<StudyEvent.Started>().Single().Cluster, Is.EqualTo("Slurm"));
        Assert.That(Arrays("cluster"), Has.Length.EqualTo(3), "an array for each stage");
        Assert.That(events.Of<StudyEvent.RunStarted>(), Has.Count.EqualTo(8));
    }

    [Test]
    public async Task Jobs_that_are_killed_or_cancelled_5_times_change_no_byte()
    {
        _study.Json["defaults"]!["max_steps"] = 3000;
        _study.Json["defaults"]!["eval_steps"] = 1000;
        _study.Json["defaults"]!["checkpoint_seconds"] = 0.1;
        _study.Run("whole");
        using CancellationTokenSource ended = new();
        JobKiller killer = new(_cluster, _study.Output("killed"), seed: 11);

        Task<int> killing = Task.Run(() => killer.KillAsync(5, ended.Token));
        StudyResults results = await RunAsync("killed", options => options with { Tries = 6 });
        ended.Cancel();

        Assert.That(await killing, Is.EqualTo(5), "jobs that were under way when they were ended");
        Assert.That(results.Runs.Select(run => run.Error), Is.All.Null);
        Assert.That(_study.Text("killed", "results.csv"), Is.EqualTo(_study.Text("whole", "results.csv")));
        Assert.That(killer.Ways, Has.Count.EqualTo(2), "ways to end a job");
    }

    [Test]
    public async Task A_job_that_the_cluster_puts_back_into_the_queue_goes_on()
    {
        _study.Json["defaults"]!["max_steps"] = 3000;
        _study.Json["defaults"]!["eval_steps"] = 1000;
        _study.Json["seeds"] = new JsonArray(1);
        _study.Json["methods"]!.AsObject().Remove("swa");
        _study.Run("whole");
        bool urgent = false;
        StudyEvents events = new(value =>
        {
            if (value is StudyEvent.RunStepped && !urgent)
            {
                // All processors for a moment, in a partition that others give way to.
                urgent = true;
                _cluster.Command("sbatch", "--partition=urgent", "--cpus-per-task=2", "--output=/dev/null",
                    "--array=0", "--wrap=sleep 1");
            }
        });

        using CancellationTokenSource ended = new();
        Task starting = _cluster.StartWaitingJobsAsync(ended.Token);
        StudyResults results = await RunAsync("preempted", events: events);
        await ended.CancelAsync();
        await starting;

        Assert.That(results.Runs.Single().Error, Is.Null);
        Assert.That(_study.Text("preempted", "results.csv"), Is.EqualTo(_study.Text("whole", "results.csv")));
        JobState state = JobState.Read(Path.Combine(Arrays("preempted").Single(), "run-0.state.json"))!;
        Assert.That((state.Phase, state.Restarts), Is.EqualTo((JobPhase.Done, 1)));
    }

    [Test]
    public async Task A_study_that_was_killed_finds_its_jobs_again()
    {
        _study.Json["defaults"]!["max_steps"] = 3000;
        _study.Json["defaults"]!["eval_steps"] = 1000;
        _study.Json["seeds"] = new JsonArray(1);
        _study.Run("whole");
        using (ChildCluster child = ChildCluster.Start(_study.File, _study.Output("left"), _cluster.Commands))
        {
            Assert.That(child.WaitFor(nameof(StudyEvent.RunStepped), 1), Is.True);
            child.Kill();
        }

        StudyEvents events = new();
        StudyResults results = await RunAsync("left", events: events);

        Assert.That(events.Of<StudyEvent.Noted>().Select(note => note.Message),
            Has.Some.Match("^jobs of an earlier start were found in the queue: [12]\\.$"));
        Assert.That(Arrays("left"), Has.Length.EqualTo(1), "no run was submitted twice");
        Assert.That(results.Runs.Select(run => run.Error), Is.All.Null);
        Assert.That(_study.Text("left", "results.csv"), Is.EqualTo(_study.Text("whole", "results.csv")));
    }

    [Test]
    public async Task What_is_done_while_nobody_watches_is_collected()
    {
        using (ChildCluster child = ChildCluster.Start(_study.File, _study.Output("left"), _cluster.Commands))
        {
            Assert.That(child.WaitFor(nameof(StudyEvent.Queued), 1), Is.True);
            child.Kill();
        }

        Assert.That(() => _cluster.Jobs(Alive), Is.Empty.After(120_000, 200));
        StudyEvents events = new();
        StudyResults results = await RunAsync("left", events: events);

        Assert.That(events.Of<StudyEvent.Started>().Single().Done, Is.EqualTo(4));
        Assert.That(results.Runs.Select(run => run.Status), Is.All.EqualTo(StudyRunStatus.Done));
        Assert.That(Arrays("left"), Has.Length.EqualTo(1));
    }

    [Test]
    public async Task Interrupted_a_study_cancels_its_jobs_which_save_and_the_next_goes_on()
    {
        _study.Json["defaults"]!["max_steps"] = 3000;
        _study.Json["defaults"]!["eval_steps"] = 1000;
        _study.Json["seeds"] = new JsonArray(1);
        _study.Run("whole");
        using CancellationTokenSource interruption = new();
        StudyEvents events = new(value =>
        {
            if (value is StudyEvent.RunStepped)
            {
                interruption.Cancel();
            }
        });

        Assert.That(() => RunAsync("parts", events: events, cancellation: interruption.Token),
            Throws.InstanceOf<OperationCanceledException>());

        Assert.That(_cluster.Jobs(Alive), Is.Empty);
        Assert.That(Directory.GetFiles(_study.Output("parts"), "checkpoint.safetensors", SearchOption.AllDirectories),
            Is.Not.Empty);
        StudyResults results = await RunAsync("parts");
        Assert.That(results.Runs.Select(run => run.Error), Is.All.Null);
        Assert.That(_study.Text("parts", "results.csv"), Is.EqualTo(_study.Text("whole", "results.csv")));
    }

    [Test]
    public void A_partition_that_does_not_exist_is_told_in_the_words_of_sbatch() =>
        Assert.That(() => RunAsync("out", options => options with { Partition = "nowhere" }),
            Throws.TypeOf<StudyException>().With.Message.Matches(
                "^sbatch refused 4 jobs: .*[Ii]nvalid partition .*\\. Its script is .*slurm/array-0001/job\\.sh; "));

    [Test]
    public async Task A_run_that_refuses_its_data_fails_at_once_with_its_message()
    {
        _study.Task.WriteRows("bad.tsv", 1, seed: 1);
        _study.Json["methods"]!["swa"]!["data"] = JsonNode.Parse("""{ "train": "bad.tsv" }""");
        _study.Json["seeds"] = new JsonArray(1);
        _study.Run("here");

        StudyResults results = await RunAsync("cluster");

        Assert.That(results.Runs[1].Status, Is.EqualTo(StudyRunStatus.Failed));
        Assert.That(_study.Text("cluster", "results.csv"), Is.EqualTo(_study.Text("here", "results.csv")));
        Assert.That(Arrays("cluster"), Has.Length.EqualTo(1), "no second try");
    }

    [Test]
    public async Task A_job_without_memory_enough_is_told_with_what_to_raise()
    {
        _study.Json["defaults"]!["max_steps"] = 1_000_000;
        _study.Json["seeds"] = new JsonArray(1);
        _study.Json["methods"]!.AsObject().Remove("swa");

        StudyResults results = await RunAsync("out", options => options with { Memory = "20M" });

        Assert.That(results.Runs.Single().Error, Does.Match(
            "^its job [0-9]+_0 on node .* was killed for the memory it used, with 20M allowed: raise --memory\\.$"));
        Assert.That(Arrays("out"), Has.Length.EqualTo(1), "no second try");
    }

    [Test]
    public async Task A_node_that_loses_the_folder_is_named()
    {
        _study.Json["seeds"] = new JsonArray(1);
        _study.Json["methods"]!.AsObject().Remove("swa");
        string blocking = _cluster.Command("sbatch", "--parsable", "--cpus-per-task=2", "--output=/dev/null",
            "--array=0", "--wrap=sleep 600").Trim();
        StudyEvents events = new(value =>
        {
            if (value is StudyEvent.Queued { Running: 0 })
            {
                Directory.Move(Arrays("out").Single(), _study.Output("moved"));
                _cluster.Command("scancel", blocking);
            }
        });

        StudyResults results = await RunAsync("out", events: events);

        Assert.That(results.Runs.Single().Error, Does.Match(
            "^node [^ ]+ does not see, or cannot write to, .*array-0001: the study's folder must be on a file system " +
            "that all nodes share\\. sbatch refused another job without [^ ]+: .+"));
        Assert.That(events.Of<StudyEvent.Noted>().Select(note => note.Message),
            Has.Some.EndsWith("No other job is sent there."));
    }

    private string[] Arrays(string output) =>
        Directory.GetDirectories(Path.Combine(_study.Output(output), "slurm"), "array-*");

    private Task<StudyResults> RunAsync(
        string output, Func<SlurmOptions, SlurmOptions>? change = null, IProgress<StudyEvent>? events = null,
        CancellationToken cancellation = default) => Study.RunAsync(
            new StudyOptions
            {
                File = _study.File,
                Output = _study.Output(output),
                Slurm = change?.Invoke(_cluster.Options) ?? _cluster.Options,
            },
            events, cancellation);
}
